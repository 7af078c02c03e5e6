// One question about findings of the linter or of a model: headline, reason, context, fix and all its places.
import { button, h, track } from "./dom.js";
import { chip, lookOf } from "./marks.js";
import { concordance, context, elsewhere, fixView } from "./parts.js";
import { count, figure, stateOf } from "./words.js";

/** Return what a question is shown as. */
export function decisionView(view, act) {
  const { question } = view;
  const hidden = view.answerHidden;
  return [
    h("div", null, crumb(view, act), headline(view), h("p.muted", null, hidden ? "Decide first, or show the answer of the model." : question.why)),
    context(view, act),
    view.draft ? editHelp(view) : null,
    hidden ? h("p", null, button("a", "Show the answer", act.reveal)) : h("div.two", null,
      h("div", null, question.score ? scores(question) : null, fixView(question.place.fix, question.place.note || question.note)),
      h("div", null, elsewhere(view))),
    concordance(view, act),
  ];
}

/** Whether a model answers the question, whose answer can be hidden. */
export const ofModel = (question) => ["model", "error"].includes(question.kind);

/** Return the line above the headline: severity, rule, state, and who decided what before. */
export function crumb(view, act) {
  const { question } = view;
  const state = stateOf(question.state);
  const isConflict = question.kind === "conflict";
  const decided = question.state === "open" ? null : h("span.tag", { class: state.look === "n" ? "error" : "pass" }, `${state.icon} ${state.word}`);
  const by = question.decision && question.decision.by ? `by ${question.decision.by}` : "";
  return h("div.row.crumb.small", null, h("span.tag", { class: isConflict ? "warning" : question.severity }, isConflict ? "conflict" : question.severity),
    h("b", null, isConflict ? question.name : `${question.rule} ${question.name}`), decided,
    h("span.muted", null, [by, question.decision?.comment && `“${question.decision.comment}”`].filter(Boolean).join(" · ")),
    ofModel(question) ? hideSwitch(view, act) : null);
}

function hideSwitch(view, act) {
  return h("label.row.end", null, h("input", { type: "checkbox", checked: view.hideAnswers, "data-key": "hide", on: { change: act.hideAnswers } }),
    "hide the model's answer until I decide");
}

/** Return the question as the headline; surface and label in it look as they do in the text. */
export function headline(view) {
  const { question } = view;
  const text = view.answerHidden ? `What is “${question.surface}”?` : question.title;
  return h("h1", { id: "h1", tabindex: "-1" }, decorated(text, question.surface, question.label));
}

function decorated(text, surface, label) {
  const at = surface ? text.indexOf(surface) : -1;
  if (at < 0) return text;
  const tail = text.slice(at + surface.length).split(/([\w.-]+)/);
  return [text.slice(0, at), h("bdi.mono", null, surface), tail.map((word) => (word === label || lookOf(word) ? chip(word) : word))];
}

function scores(question) {
  const { labels = [], models, hits } = question.score;
  const rows = labels.map(({ label, p }) => [h("span", null, chip(label)), track(p), h("span.num", null, p.toFixed(2))]);
  const rate = hits && hits.of ? `Your answers so far: ${figure(hits.accepted)} of ${figure(hits.of)} accepted.` : "";
  return h("section.gap", { "aria-labelledby": "h-score" }, h("h2", { id: "h-score" }, "What the model says"),
    h("div.prob", null, rows), h("p.small.muted", null, [models, rate].filter(Boolean).join(" ")));
}

function editHelp(view) {
  const span = view.draft.spans[view.draft.at];
  const text = span ? view.draft.points.slice(span.start, span.end).join("") : "";
  return h("p.note", null, h("b", null, "Editing"), span ? [" ", h("bdi.mono", null, text), " ", chip(span.label)] : null, ". ",
    h("span.keyhelp", null, h("kbd", null, "←"), " ", h("kbd", null, "→"), " move its end, with ", h("kbd", null, "Shift"), " its start; ",
      h("kbd", null, "↓"), " takes the next span; ", h("kbd", null, "l"), " labels it; ", h("kbd", null, "d"), " drops it; select text and press ",
      h("kbd", null, "+"), " to add one; ", h("kbd", null, "Enter"), " saves, ", h("kbd", null, "Esc"), " leaves."));
}

/** Return how many places a decision is about now. */
export const included = (view) => (view.question.waiting || view.question.places_total) - view.except.size;

/** Return "59 places". */
export const places = (number) => count(number, "place");
