// The parts that a decision is shown in: sentence, fix, the surface elsewhere, all places.
import { bar, button, h } from "./dom.js";
import { chip, lookOf, sentenceLines } from "./marks.js";
import { shownPart } from "./sentence.js";
import { figure, stateOf } from "./words.js";

/** Return a sentence with its spans; ``focus`` is what must be shown of a long one. */
export function sentenceView(points, spans, focus, all, showAll) {
  const [from, to] = shownPart(points, focus, all);
  const cut = from > 0 || to < points.length;
  const lines = sentenceLines(points, spans, from, to);
  return [
    lines.map((nodes, number) => h("p.sent", null, from > 0 ? "…" : null, nodes, to < points.length ? "…" : null,
      number ? h("span.sr", null, " (the same sentence with spans that cross others)") : null)),
    cut ? h("p.small", null, button("", `Show all ${figure(points.length)} characters`, showAll, "min")) : null,
  ];
}

/** Return the sentence with the lines around it, its place and the way to the next one. */
export function context(view, act) {
  const { place, places_total: total } = view.question;
  const { sentence } = place;
  const points = view.draft ? view.draft.points : [...sentence.text];
  const spans = view.spans;
  const focus = spans.find((span) => span.flagged || span.drafted) || { start: 0, end: 0 };
  const many = total > 1;
  const cap = h("div.cap", null, many ? h("b", null, `Place ${figure(place.k + 1)} of ${figure(total)}`) : null,
    h("bdi.mono.sel", null, place.where), view.draft ? h("span.tag.warning", null, "edit, not saved") : null, h("span.grow"),
    many ? h("span.pn", null, button("p", "Previous", act.previousPlace), " ", button("n", "Next", act.nextPlace)) : null);
  return h("section.card", { "aria-label": "The place" }, cap, neighbour(place.before_line),
    h("div", { id: "sentence" }, sentenceView(points, spans, [focus.start, focus.end], view.showAll, act.showAll)),
    neighbour(place.after_line));
}

export const neighbour = (line) => (line ? h("p.nb", { dir: "auto" }, shortened(line)) : null);

function shortened(line) {
  const points = [...line];
  return points.length >= 300 ? `${points.slice(0, 300).join("")}…` : line;
}

/** Return the fix in the file: the bytes before and after, what changes boxed. */
export function fixView(fix, note) {
  if (!fix && !note) return null;
  return h("section", { "aria-labelledby": "h-fix" }, h("h2", { id: "h-fix" }, "The fix, in the file"),
    fix ? h("div.diff", { dir: "ltr" }, side("m", "before: ", "− ", fix.before, "del"), side("p", "after: ", "+ ", fix.after, "ins")) : null,
    note ? h("p.small.muted", null, note) : null);
}

function side(look, word, sign, pieces, tag) {
  const shown = pieces.map(([text, changed]) => (changed ? h(tag, null, text) : text));
  return h(`div.${look}`, null, h("span.sr", null, word), h("span", { "aria-hidden": "true" }, sign), h("bdi", null, shown));
}

/** Return how often the surface has which label. */
export function elsewhere(view) {
  const rows = view.question.elsewhere || [];
  if (!rows.length) return null;
  const most = Math.max(...rows.map((row) => row.count));
  const body = rows.map((row) => h("tr", null, h("th", { scope: "row" }, chip(row.label)), h("td.num", null, figure(row.count)),
    h("td", null, bar(row.count, most, 84)), h("td.small.nw", null, whatOf(row, view.question))));
  return h("section", { "aria-labelledby": "h-else" }, h("h2", { id: "h-else" }, "This surface elsewhere"),
    h("table", null, h("thead.sr", null, h("tr", null, ["label", "count", "share", "decision"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", null, body)));
}

function whatOf(row, question) {
  if (row.question === question.id) return "this decision";
  return row.question ? h("a", { href: `#/q/${row.question}` }, "its own decision") : h("span.muted", null, "nothing to do");
}

/** Return all places as a concordance, aligned on the surface; nothing for one place. */
export function concordance(view, act) {
  const { question, places, except } = view;
  if (question.places_total < 2) return null;
  const excepted = except.size ? `${figure(except.size)} excepted · ` : "";
  const head = h("div.row.sec", null, h("h2", { id: "h-all" }, `All ${figure(question.places_total)} places`),
    h("span.muted.small", null, excepted, view.readOnly ? null : [h("kbd", null, "x"), " excepts the place you are on"]));
  const columns = h("thead.sr", null, h("tr", null, ["include", "place", "context"].map((name) => h("th", { scope: "col" }, name))));
  const table = h("table.occ", { "aria-labelledby": "h-all" },
    h("colgroup", null, h("col.cc"), h("col.cf"), h("col")), columns,
    h("tbody", null, places.map((place, number) => placeRow(view, act, place, number))));
  return h("section", null, head, table, rest(view, act));
}

/** A text whose first letter is of a script that is written from right to left. */
const RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

function placeRow(view, act, place, number) {
  const included = place.included && !view.except.has(place.id);
  const state = stateOf(place.state);
  const here = number === view.question.place.k;
  const box = view.readOnly ? null : h("input", {
    type: "checkbox", checked: included, disabled: !place.included, "aria-label": `include ${place.where}`, "data-key": `box-${place.id}`,
    on: { change: () => act.except(place.id) },
  });
  const said = place.state === "open" ? null : h("span.ic", { class: state.look, title: state.word }, state.icon, h("span.sr", null, state.word));
  const parts = /^(.*?)(:\d+(?::\d+)?)$/.exec(place.where) || [null, place.where, ""];
  const link = h("button.link.mono", { type: "button", "data-key": `at-${place.id}`, title: place.where, on: { click: () => act.toPlace(number) } },
    h("bdi.fn", null, parts[1].split("/").at(-1)), h("span.ln", null, parts[2]));
  return h("tr", { class: included ? "" : "ex", "aria-current": here ? "true" : null },
    h("td.c", null, box, said), h("td.f.small", null, link),
    h("td", null, h("div.kw", { class: lookOf(view.question.label), dir: RIGHT_TO_LEFT.test(place.before + place.surface + place.after) ? "rtl" : null },
      h("span", null, h("bdi", null, place.before)), h("b", null, h("bdi", null, place.surface || "‸")), h("span", null, h("bdi", null, place.after)))));
}

function rest(view, act) {
  const left = view.question.places_total - view.places.length;
  if (left <= 0) return null;
  return h("p.small", null, button("", `Show ${left > 200 ? `200 of the other ${figure(left)}` : `the other ${figure(left)}`}`, act.morePlaces, "min"));
}

