// The list of decisions, with its filters and tabs.
import { button, byId, h, put } from "./dom.js";
import { chip } from "./marks.js";
import { KINDS, count, figure, stateOf } from "./words.js";

const SHOWN_STATES = ["open", "accepted", "rejected", "changed", "skipped", "refused"];

let drawn = "";

/** Draw the list into ``node``: ``view`` has state, filter, rows, total, pages and id; ``act`` what can be done. */
export function drawQueue(node, view, act) {
  const now = JSON.stringify([view.rows.map((row) => row.id), view.filter, view.total, view.wide || view.listOpen, view.state.files.length, view.state.labels, view.hideAnswers]);
  if (now === drawn && node.firstChild) patch(node, view);
  else put(node, queueView(view, act));
  drawn = now;
}

/** Replace the rows that changed: of two hundred of them a decision changes two. */
function patch(node, view) {
  node.querySelector("summary").textContent = summaryText(view);
  view.rows.forEach((row, at) => {
    const old = byId("rows").children[at];
    if (old.dataset.drawn !== drawnRow(row, view)) old.replaceWith(rowView(row, view));
  });
}

const drawnRow = (row, view) => `${row.state} ${row.id === view.id}`;

function queueView(view, act) {
  if (!view.state.counts.decisions) return null;
  const open = view.wide || view.listOpen;
  return h("details", { open, on: { toggle: (event) => act.listOpened(event.target.open) } },
    h("summary", { "data-key": "list" }, summaryText(view)), filters(view, act), tabs(view, act), rows(view),
    h("p.small.muted.pad", null, shownText(view), " ", h("span.opt", null, h("kbd", null, "j"), " ", h("kbd", null, "k"), " move.")), pages(view, act));
}

const summaryText = (view) => `${position(view)} · open the list`;

function position(view) {
  const at = view.rows.findIndex((row) => row.id === view.id);
  if (at < 0) return count(view.total, "decision");
  return `Decision ${figure(at + 1 + 100 * view.page)} of ${figure(view.total)}`;
}

function shownText(view) {
  if (!view.total) return view.filtered ? "No decision fits these filters." : "Nothing to decide here.";
  if (view.total === 1) return "1 decision.";
  return view.rows.length === view.total ? `All ${figure(view.total)} shown, most places first.`
    : `${figure(view.rows.length)} of ${figure(view.total)} shown, most places first.`;
}

function filters(view, act) {
  const search = h("input", {
    type: "search", "aria-label": "Filter by text", placeholder: "Filter by text or rule   /", value: view.filter.text || "",
    "data-key": "text", id: "text", on: { input: (event) => act.filterSoon("text", event.target.value) },
  });
  return h("form.fil", { role: "search", on: { submit: (event) => event.preventDefault() } }, search,
    choice(view, act, "rule", "rules", view.state.rules), choice(view, act, "label", "labels", view.state.labels),
    choice(view, act, "state", "states", SHOWN_STATES), choice(view, act, "file", "files", view.state.files));
}

function choice(view, act, name, all, values) {
  const option = (value) => {
    const text = typeof value === "string" ? value : value.code || value.label || value.name || value.path;
    return h("option", { value: text, selected: view.filter[name] === text }, text);
  };
  return h("select", {
    "aria-label": name[0].toUpperCase() + name.slice(1), "data-key": name,
    on: { change: (event) => act.filter({ [name]: event.target.value }) },
  }, h("option", { value: "" }, `all ${all}`), (Array.isArray(values) ? values : []).map(option));
}

function tabs(view, act) {
  const kinds = Object.entries(view.state.counts.by_kind || {}).filter(([kind]) => KINDS[kind]);
  if (kinds.length < 2) return null;
  return h("div.tabs", null, kinds.map(([kind, number]) => h("button", {
    type: "button", "data-key": kind, "aria-current": view.filter.kind === kind ? "true" : null,
    on: { click: () => act.filter({ kind }) },
  }, `${KINDS[kind]} ${figure(number)}`)));
}

function rows(view) {
  return h("ol.ql", { id: "rows" }, view.rows.map((row) => rowView(row, view)));
}

function rowView(row, view) {
  const current = row.id === view.id;
  const state = stateOf(row.state);
  const surface = h("span.t", null, h("span.sr", null, `${state.word}: `), h("bdi", null, row.surface || row.name), " ",
    row.label && row.kind !== "conflict" ? chip(row.label) : null);
  const hidden = view.hideAnswers && row.state === "open" && ["model", "error"].includes(row.kind);
  const why = (row.kind === "conflict" ? [row.name, row.label] : [row.rule, (!hidden && row.answer) || row.name]).filter(Boolean).join(" · ");
  return h("li", { "data-drawn": drawnRow(row, view) }, h("a", {
    href: `#/q/${row.id}`, "data-key": row.id, "aria-current": current ? "true" : null,
    class: row.state === "open" ? "" : "done", title: [row.surface, row.rule, row.name].filter(Boolean).join(" · "),
  }, h("span.ic", { class: state.look, "aria-hidden": "true" }, state.icon), surface,
  h("span.num.small", null, `${figure(row.count)}×`), h("span.why", null, h("bdi", null, why))));
}

function pages(view, act) {
  if (view.pages < 2) return null;
  const to = (page) => () => act.filter({ page });
  return h("div.row.pages", null,
    view.page > 0 ? button("", "Previous 100", to(view.page - 1)) : null,
    view.page + 1 < view.pages ? button("", "Next 100", to(view.page + 1)) : null);
}
