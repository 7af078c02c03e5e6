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
  const spans = marked(view, row.spans, number);
  const letter = LETTERS[number];
  const take = view.readOnly ? null : button(String(number + 1), `Take ${letter}`, () => act.take(String(number + 1)), "", { "data-key": `take-${letter}` });
  return h("div.side", { class: letter }, h("span.who", null, letter, " ", h("bdi.muted.small", null, nameOf(view, number))),
    h("div", null, sentenceView(points, spans, focusOf(view), view.showAll, act.showAll)), take);
}

const same = (a, b) => a.start === b.start && a.end === b.end && a.label === b.label;

/** Return spans, marked as differing where not every annotator has them. */
function marked(view, spans) {
  const { rows } = view.question.conflict;
  return spans.map((span) => ({ ...span, differs: !rows.every((row) => row.spans.some((other) => same(span, other))) }));
}

function focusOf(view) {
  const differing = view.question.conflict.rows.flatMap((row) => marked(view, row.spans).filter((span) => span.differs));
  return differing.length ? [Math.min(...differing.map((span) => span.start)), Math.max(...differing.map((span) => span.end))] : [0, 0];
}

/** Return the spans that a choice gives: "1", "2", "both" or "neither". */
export function taken(conflict, choice) {
  const agreed = conflict.rows[0].spans.filter((span) => conflict.rows.every((row) => row.spans.some((other) => same(span, other))));
  if (choice === "neither" || !choice) return agreed;
  const rows = choice === "both" ? conflict.rows : [conflict.rows[Number(choice) - 1]];
  const all = rows.flatMap((row) => row.spans);
  return all.filter((span, number) => all.findIndex((other) => same(span, other)) === number);
}

const TAKEN = { both: "both", neither: "neither" };

function resultRow(view, act, points) {
  const { conflict, decision } = view.question;
  const choice = view.draft ? null : decision?.take || "";
  const spans = view.draft ? view.spans : conflict.result || taken(conflict, choice);
  const text = view.draft ? "edit, not saved" : TAKEN[choice] || (choice ? `of ${LETTERS[Number(choice) - 1]}` : "still open");
  return h("div.side.R", null, h("span.who", null, "Result"),
    h("div", { id: "sentence" }, sentenceView(points, marked(view, spans), focusOf(view), view.showAll, act.showAll)),
    h("span.tag.bn", { class: choice || view.draft ? "pass" : "" }, text));
}

function table(view, points) {
  const { rows } = view.question.conflict;
  const all = taken(view.question.conflict, "both").sort((a, b) => a.start - b.start || b.end - a.end);
  const from = (span) => rows.map((row, number) => [row, number]).filter(([row]) => row.spans.some((other) => same(span, other)))
    .map(([, number]) => `${LETTERS[number]}${nameOf(view, number) ? ` (${nameOf(view, number)})` : ""}`);
  const body = all.map((span) => {
    const names = from(span);
    return h("tr", null, h("td", null, h("bdi", null, points.slice(span.start, span.end).join(""))), h("td", null, chip(span.label)),
      h("td", null, names.length === rows.length ? "all agree" : listed(names)));
  });
  return h("div.scroll", { tabindex: "0", role: "group", "aria-label": "Who has which span" }, h("table", null, h("thead", null, h("tr", null, ["Span", "Label", "From"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", null, body)));
}
