// The head of the page, and what is shown instead of a question: applying, keys, a rule's groups, nothing left.
import { button, h } from "./dom.js";
import { chip } from "./marks.js";
import { count, duration, figure } from "./words.js";

/** Return the head: what is reviewed, how far it is, keys and apply. */
export function topView(view, act) {
  const { state } = view;
  const { counts } = state;
  const left = state.seconds_left ? ` · ${duration(state.seconds_left)} left` : "";
  return [
    h("span.brand", null, "nerconv review"),
    h("span.muted.small.opt", null, h("bdi", null, state.title), ` · ${count(state.sources, "file")} · reviewer `, h("b", null, h("bdi", null, state.reviewer))),
    h("div.prog", null,
      h("label.small", { for: "pg" }, `${figure(counts.decided)} of ${count(counts.decisions, "decision")}`,
        h("span.muted.opt", null, ` · ${figure(counts.decided_places)} of ${count(counts.places, "place")}${left}`)),
      h("progress", { id: "pg", max: Math.max(1, counts.decisions), value: counts.decided }, `${counts.decided} of ${counts.decisions}`)),
    button("?", "Keys", act.help, "opt noprint"),
    state.read_only || !counts.decisions ? null : button("", applyText(view), act.toApply, counts.decided_places ? "pri noprint" : "noprint", { "data-key": "apply" }),
  ];
}

function applyText(view) {
  const number = view.state.counts.decided ? ` ${figure(view.state.counts.decided)}` : "";
  return `${view.offline ? "Download" : "Apply"}${number}…`;
}

/** Return files that are not those of rejected findings. */
export const sourcesOf = (files) => files.filter((file) => !(file.path || file).endsWith(".ignore"));

/** Return what applying would write, as a question. */
export function applyView(view, act) {
  if (view.offline) return offlineView(view, act);
  const { preview } = view;
  if (!preview) return [h("h1", { id: "h1", tabindex: "-1" }, "Looking at the files…")];
  const { files, refused, ignored } = preview;
  const { places, decided_places: decided } = view.state.counts;
  const sources = sourcesOf(files);
  const where = sources.length ? count(sources.length, "file") : count(files.length, "ignore file");
  return [
    h("h1", { id: "h1", tabindex: "-1" }, files.length ? `Write ${count(preview.changed || ignored, "change")} into ${where}?` : "Nothing to write into the files"),
    h("div.row", null,
      ignored ? h("span.tag.info", null, `${count(ignored, "place")} rejected: to ${count(files.length - sources.length, "ignore file")}`) : null,
      places > decided ? h("span.tag.info", null, `${count(places - decided, "place")} left open`) : null),
    refused.length ? refusedView(refused) : null,
    files.map(diffView),
    files.some((file) => file.diff) ? h("p.small.muted", null, "Every line outside these places stays byte for byte, and all of it can be undone.") : null,
  ];
}

function refusedView(refused) {
  return h("section.note", { "aria-labelledby": "h-ref" }, h("h2", { id: "h-ref" }, `${count(refused.length, "place")} left out`),
    h("ul", null, refused.slice(0, 100).map(({ where, why }) => h("li", null, h("bdi.mono", null, where), " ", why))),
    refused.length > 100 ? h("p", null, `and ${figure(refused.length - 100)} more`) : null);
}

const LINES = 60;

function diffView(file, number) {
  const lines = file.diff.split("\n").filter((line) => line && !/^(---|\+\+\+) /.test(line));
  const changed = lines.filter((line) => line.startsWith("+")).length;
  const shown = number < 20 ? LINES : 0;
  const head = h("summary.hd", { "data-key": `diff-${file.path}` }, h("b", null, h("bdi", null, file.path)), file.diff ? ` · ${count(changed, "line")}` : " · written as a whole");
  const body = pairs(lines).slice(0, LINES).map(pairView);
  return h("details.diff", { open: shown > 0 }, head, body,
    lines.length > LINES * 2 ? h("div.hd", null, "The rest of this file is in the patch.") : null);
}

/** Return the lines of a diff without context as pairs of before and after. */
function pairs(lines) {
  const found = [];
  let place = "", before = [];
  for (const line of lines) {
    if (line.startsWith("@@")) { place = /\+(\d+)/.exec(line)?.[1] || ""; before = []; found.push({ place, rows: [] }); continue; }
    if (!found.length) found.push({ place, rows: [] });
    if (line.startsWith("-")) before.push(line.slice(1));
    if (line.startsWith("+")) found.at(-1).rows.push([before.shift() ?? null, line.slice(1)]);
  }
  return found.flatMap((hunk) => hunk.rows.map((row, at) => ({ line: Number(hunk.place) + at, before: row[0], after: row[1] })));
}

const AROUND = 40;

/** Return a changed line, cut to the surroundings of what changes in it, which is boxed. */
function pairView({ line, before, after }) {
  if (before === null) return h("div.p", null, h("span.sr", null, "new: "), h("span", { "aria-hidden": "true" }, `+ ${line}  `), h("bdi", null, after));
  const pieces = differences(before, after);
  return [sideView("m", "before: ", `− ${line}  `, pieces, 0, "del"), sideView("p", "after: ", `+ ${line}  `, pieces, 1, "ins")];
}

function sideView(look, word, sign, pieces, side, tag) {
  const shown = pieces.map((piece, at) => (piece.length === 1 ? shortened(piece[0], at > 0, at < pieces.length - 1) : piece[side] ? h(tag, null, piece[side]) : null));
  return h(`div.${look}`, null, h("span.sr", null, word), h("span", { "aria-hidden": "true" }, sign), h("bdi", null, shown));
}

function shortened(text, hasBefore, hasAfter) {
  const points = [...text];
  const head = hasBefore ? points.slice(0, AROUND) : [], tail = hasAfter ? points.slice(-AROUND) : [];
  return head.length + tail.length >= points.length ? text : `${head.join("")}…${tail.join("")}`;
}

/** Return two lines as pieces: [same] or [before, after], by the longest common subsequence of their tokens. */
export function differences(before, after) {
  const cut = (text) => text.match(/\[[\w.-]+ | {2}\]|[^\s[\]]+|\s|[[\]]/g) || [];
  const a = cut(before), b = cut(after);
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from += 1;
  let to = 0;
  while (to < a.length - from && to < b.length - from && a.at(-1 - to) === b.at(-1 - to)) to += 1;
  const middle = common(a.slice(from, a.length - to), b.slice(from, b.length - to));
  return joined([[a.slice(0, from).join("")], ...middle, [to ? a.slice(-to).join("") : ""]]);
}

function common(a, b) {
  if (a.length * b.length > 4e6) return [[a.join(""), b.join("")]];
  const best = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) best[i][j] = a[i] === b[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  }
  const pieces = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) { pieces.push([a[i]]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && best[i + 1][j] >= best[i][j + 1])) { pieces.push([a[i], ""]); i += 1; }
    else { pieces.push(["", b[j]]); j += 1; }
  }
  return pieces;
}

function joined(pieces) {
  const found = [];
  for (const piece of pieces) {
    const last = found.at(-1);
    if (piece.every((text) => !text)) continue;
    if (last && last.length === piece.length) found[found.length - 1] = last.map((text, at) => text + piece[at]);
    else found.push(piece);
  }
  return found;
}

/** Return what was written. */
export function writtenView(view) {
  const { written: names, refused, number, command } = view.written;
  const sources = sourcesOf(names);
  const ignores = names.length - sources.length;
  return [
    h("h1", { id: "h1", tabindex: "-1" }, `${count(sources.length, "file")} written`),
    h("p", null, ignores ? `And ${count(ignores, "ignore file")}, for what you rejected. ` : null, refused.length ? null : "All that was decided is in the files."),
    refused.length ? refusedView(refused) : null,
    number ? h("p.muted", null, "Undo later: ", h("code", null, `nerconv review SRC --undo ${number}`)) : null,
    command ? h("p", null, "Then: ", h("code", null, command)) : null,
  ];
}

function offlineView(view, act) {
  const number = view.state.counts.decided;
  return [
    h("h1", { id: "h1", tabindex: "-1" }, number ? `Download ${count(number, "decision")}?` : "Nothing is decided yet"),
    h("p", null, "This page works without a server and writes no file. Apply what you download with ",
      h("code", null, `nerconv review … --apply ${view.state.decisions_name || "decisions.review.jsonl"}`), "."),
    view.state.saved === false ? h("p.note", null, "This browser stores nothing for pages opened from a file: download before you close the page.") : null,
    number ? h("div.row", null, button("", "Download the decisions", act.download, "pri", { "data-key": "download" })) : null,
  ];
}

/** Return the groups of a rule that one key would accept, each with a checkbox. */
export function ruleView(view, act) {
  const { rows, rule } = view.group;
  const ticked = rows.filter((row) => !view.group.except.has(row.id));
  const places = ticked.reduce((sum, row) => sum + row.count, 0);
  return [
    h("h1", { id: "h1", tabindex: "-1" }, `Accept ${count(ticked.length, "open decision")} of ${rule} at once?`),
    h("p.muted", null, `${count(places, "place")} in all. Untick what you want to look at first.`),
    h("ul.picks", null, rows.map((row) => h("li", null, h("label.row", null,
      h("input", { type: "checkbox", checked: !view.group.except.has(row.id), "data-key": row.id, on: { change: () => act.exceptGroup(row.id) } }),
      h("bdi.mono", null, row.surface), row.label ? chip(row.label) : null, h("span.muted.small", null, `${row.answer} · ${figure(row.count)}×`))))),
  ];
}

/** Return what is shown when nothing is open. */
export function doneView(view, act) {
  const { counts } = view.state;
  const nothing = !counts.decisions;
  if (nothing) return [
    h("h1", { id: "h1", tabindex: "-1" }, `Nothing to decide in ${count(view.state.sources, "file")}`),
    h("p", null, "Lint found nothing with the rules that are on."),
    view.state.command ? h("p.muted.small", null, "The command was: ", h("code", null, view.state.command)) : null,
  ];
  const left = counts.decisions - counts.decided;
  return [
    h("h1", { id: "h1", tabindex: "-1" }, left ? `${count(left, "decision")} left open` : "Nothing left to decide"),
    h("p", null, `${figure(counts.decided)} of ${count(counts.decisions, "decision")} settled ${count(counts.decided_places, "place")}.`),
    left ? h("p", null, button("", "Look at what is open", act.openOnes)) : null,
    view.state.command ? h("p.muted.small", null, "Then: ", h("code", null, view.state.command)) : null,
  ];
}

/** Return an error that leaves nothing to show. */
export function errorView(message) {
  return [h("h1", { id: "h1", tabindex: "-1" }, "This page cannot be shown"), h("p.note", { role: "alert" }, message)];
}
