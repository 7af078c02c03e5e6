// One conflict between annotators: a row for each of them, the result, and who had each span of it.
import { button, h } from "./dom.js";
import { crumb, headline } from "./decision.js";
import { chip } from "./marks.js";
import { neighbour, sentenceView } from "./parts.js";
import { listed } from "./words.js";

const LETTERS = "ABCDEFGHI";

/** Return what a conflict is shown as. */
export function conflictView(view, act) {
  const { question } = view;
  const { place, conflict } = question;
  const points = [...place.sentence.text];
  const rows = conflict.rows.map((row, number) => rowOf(view, act, points, row, number));
  return [
    h("div", null, crumb(view, act), headline(view), question.why ? h("p.muted", null, question.why) : null),
    h("section.card", { "aria-label": "The place" }, h("div.cap", null, h("bdi.mono.sel", null, place.where), h("span.grow"),
      manyPlaces(view, act), nameSwitch(view, act)), neighbour(place.before_line), neighbour(place.after_line)),
    h("div.sides.agree", null, rows, resultRow(view, act, points)),
    table(view, points),
  ];
}

function manyPlaces(view, act) {
  const total = view.question.places_total;
  if (total < 2) return null;
  return h("span.pn", null, h("b", null, `Place ${view.question.place.k + 1} of ${total} `),
    button("p", "Previous", act.previousPlace), " ", button("n", "Next", act.nextPlace));
}

function nameSwitch(view, act) {
  return h("label.row", null, h("input", { type: "checkbox", checked: view.hideNames, "data-key": "names", on: { change: act.hideNames } }), "hide who is who");
}

const nameOf = (view, number) => (view.hideNames ? "" : view.question.conflict.annotators[number] || "");

function rowOf(view, act, points, row, number) {
  const letter = LETTERS[number];
  const take = view.readOnly ? null : button(String(number + 1), `Take ${letter}`, () => act.take(String(number + 1)), "", { "data-key": `take-${letter}` });
  return h("div.side", { class: letter }, h("span.who", null, letter, " ", h("bdi.muted.small", null, nameOf(view, number))),
    h("div", null, sentenceView(points, shownSpans(view.question, row.spans), focusOf(view), view.showAll, act.showAll)), take);
}

const same = (a, b) => a.start === b.start && a.end === b.end && a.label === b.label;

/** Return spans, those marked that not all annotators have. */
function shownSpans(question, spans) {
  const agreed = question.place.sentence.spans;
  return spans.map((span) => ({ ...span, differs: !agreed.some((other) => same(span, other)) }));
}

function focusOf(view) {
  const spans = inQuestion(view.question);
  return spans.length ? [Math.min(...spans.map((span) => span.start)), Math.max(...spans.map((span) => span.end))] : [0, 0];
}

/** Return the spans of all annotators that not all of them have, each once. */
function inQuestion(question) {
  const all = question.conflict.rows.flatMap((row) => shownSpans(question, row.spans)).filter((span) => span.differs);
  return all.filter((span, number) => all.findIndex((other) => same(span, other)) === number);
}

/** Return what each annotator has in question, as [start, end, label] in the document. */
export function readingsOf(question) {
  const { offset } = question.place.sentence;
  return question.conflict.rows.map((row) => shownSpans(question, row.spans).filter((span) => span.differs)
    .map((span) => [span.start + offset, span.end + offset, span.label]));
}

/** Return whether all the spans in question can be taken: each two are apart, or one is inside the other. */
export function canTakeBoth(question) {
  const spans = inQuestion(question);
  const inside = (a, b) => a.start >= b.start && a.end <= b.end && a.end - a.start < b.end - b.start;
  const apart = (a, b) => a.end <= b.start || b.end <= a.start;
  return spans.every((a, at) => spans.slice(at + 1).every((b) => apart(a, b) || inside(a, b) || inside(b, a)));
}

/** Return the spans that the result has; where nobody decided those that all annotators have. */
export const resultOf = (question) => question.conflict.result || question.place.sentence.spans;

const TAKEN = { both: "both", neither: "neither" };

function resultRow(view, act, points) {
  const { question, draft } = view;
  const { decision } = question;
  const settled = decision && decision.action !== "skip";
  const spans = shownSpans(question, draft ? view.spans : resultOf(question));
  const taking = TAKEN[decision?.take] || (decision?.take ? `of ${LETTERS[Number(decision.take) - 1]}` : "own");
  const text = draft ? "edit, not saved" : settled ? taking : "still open";
  return h("div.side.R", null, h("span.who", null, "Result"),
    h("div", { id: "sentence" }, sentenceView(points, spans, focusOf(view), view.showAll, act.showAll)),
    h("span.tag.bn", { class: settled || draft ? "pass" : "" }, text));
}

function table(view, points) {
  const { rows } = view.question.conflict;
  const all = inQuestion(view.question).sort((a, b) => a.start - b.start || b.end - a.end);
  const from = (span) => rows.map((row, number) => [row, number]).filter(([row]) => row.spans.some((other) => same(span, other)))
    .map(([, number]) => `${LETTERS[number]}${nameOf(view, number) ? ` (${nameOf(view, number)})` : ""}`);
  const body = all.map((span) => h("tr", null, h("td", null, h("bdi", null, points.slice(span.start, span.end).join(""))),
    h("td", null, chip(span.label)), h("td", null, listed(from(span)))));
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": "Who has which span" }, h("table", null,
    h("thead", null, h("tr", null, ["Span in question", "Label", "Only from"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", null, body)));
}
