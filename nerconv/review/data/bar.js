// The bar at the bottom edge: what can be done with the question, and what was done last.
import { button, h } from "./dom.js";
import { canTakeBoth } from "./conflict.js";
import { included } from "./decision.js";
import { sourcesOf } from "./views.js";
import { count, figure } from "./words.js";

/** Return the content of the bar for ``view``. */
export function barView(view, act) {
  if (view.failed) return failedBar(view, act);
  if (view.readOnly) return [h("p.last", null, "This review is read-only: decisions are shown, none can be made.")];
  if (view.page === "apply") return [lastLine(view, act), ...applyButtons(view, act)];
  if (view.page !== "question" || !view.question) return [lastLine(view, act), ...pageButtons(view, act)];
  if (view.draft) return [lastLine(view, act), ...draftButtons(view, act)];
  return [lastLine(view, act), ...(view.question.kind === "conflict" ? conflictButtons(view, act) : decideButtons(view, act)), ...endButtons(view, act)];
}

function lastLine(view, act) {
  if (!view.last && !view.comment) return null;
  return h("p.last", { class: view.wrong ? "wrong" : "" }, view.last, " ", view.offer ? offered(view.offer, act) : null,
    view.comment ? [" Comment: ", h("b", null, h("bdi", null, view.comment))] : null);
}

function offered(name, act) {
  return [h("button.link", { type: "button", "data-key": "offer", on: { click: act[name] } }, name), " ",
    h("kbd.opt", { "aria-hidden": "true" }, name === "undo" ? "u" : "U")];
}

function decideButtons(view, act) {
  const { question } = view;
  const number = included(view);
  const accept = `${question.button || "Accept"}${question.places_total > 1 ? ` ${figure(number)}` : ""}`;
  return [
    view.answerHidden ? button("a", "Show the answer", act.reveal, "pri") : question.answer ? button("a", accept, act.accept, "pri", { "data-key": "accept", disabled: number < 1 }) : null,
    button("r", question.reject || "Reject", act.reject, "no"),
    button("l", "Label…", act.label, "more"),
    question.label ? button("d", "Drop", act.drop, "more") : null,
    button("e", "Edit…", act.edit, "more"),
    view.selection ? button("+", "Add span", act.add, "", { "data-key": "add" }) : null,
  ];
}

function conflictButtons(view, act) {
  const { question } = view;
  return [
    question.answer ? button("a", question.button || "Accept result", act.accept, "pri", { "data-key": "accept" }) : null,
    canTakeBoth(question) ? button(question.conflict.rows.length < 3 ? "3" : "b", "Both", () => act.take("both"), "more") : null,
    button("0", "Neither", () => act.take("neither"), "more"),
    button("e", "Edit result…", act.edit, "more"),
  ];
}

function endButtons(view, act) {
  return [h("span.sep"), button("s", "Skip", act.skip), button("u", "Undo", act.undo, "more"),
    button("", "⋯", act.more, "only", { "aria-label": "More actions", "data-key": "more" })];
}

function draftButtons(view, act) {
  return [
    button("Enter", "Save", act.saveDraft, "pri", { disabled: !view.changes.length }),
    h("span.edge", { role: "group", "aria-label": "Move edges" },
      button("[", "‹ start", () => act.edge("start", true), "", { "aria-label": "Move the start out by a token" }),
      button("{", "start ›", () => act.edge("start", false), "", { "aria-label": "Move the start in by a token" }),
      button("}", "‹ end", () => act.edge("end", false), "", { "aria-label": "Move the end in by a token" }),
      button("]", "end ›", () => act.edge("end", true), "", { "aria-label": "Move the end out by a token" })),
    button("+", "Add", act.add, "more", { "aria-label": "Add a span" }),
    button("l", "Label…", act.label, "more"),
    button("d", "Drop", act.drop, "more"),
    h("span.sep"),
    button("Esc", "Leave", act.leaveDraft),
    button("", "⋯", act.more, "only", { "aria-label": "More actions", "data-key": "more" }),
  ];
}

function applyButtons(view, act) {
  const files = view.preview?.files || [];
  const number = sourcesOf(files).length;
  const text = number ? `Write ${count(number, "file")}` : `Write ${count(files.length, "ignore file")}`;
  return [
    files.length ? button("Ctrl Enter", text, act.write, "pri", { "data-key": "write" }) : null, button("Esc", "Back", act.back), h("span.sep"),
    number ? button("", "Save as patch", act.patch, "more") : null,
  ];
}

/** Buttons of what is shown instead of a question. */
function pageButtons(view, act) {
  const back = button("Esc", "Back", act.back);
  if (view.page === "rule") return ruleButtons(view, act);
  if (view.page === "help") return [back];
  if (view.page === "written") return [view.state.counts.decisions ? button("Esc", "Back to the decisions", act.back, "pri") : null, button("", "Undo what was written", act.unapply)];
  if (!view.state.counts.decisions) return [];
  return [view.state.counts.decided_places ? button("", view.offline ? "Download…" : "Apply…", act.toApply, "pri") : null, back];
}

function ruleButtons(view, act) {
  const number = view.group.rows.filter((row) => !view.group.except.has(row.id)).length;
  return [button("Enter", `Accept ${figure(number)}`, act.acceptGroup, "pri", { disabled: !number }), button("Esc", "Back", act.back)];
}

function failedBar(view, act) {
  return [
    h("p.last", { role: "alert" }, h("b", null, "Not saved: "), view.failed.message, ". Nothing else can be decided until this is saved."),
    button("", "Try again", act.retry, "pri"), button("", "Download the decision", act.rescue), button("", "Leave it undecided", act.forget, "no"),
  ];
}
