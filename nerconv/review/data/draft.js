// A draft: the spans of one place as they would be, before they are saved as a decision.
import { moved, toTokens, tokens } from "./sentence.js";

/** Return the spans of a sentence; text that is flagged without having a span is a span without a label. */
export function flaggedSpans(place) {
  const { sentence, record } = place;
  if (!record || sentence.spans.some((span) => span.flagged)) return sentence.spans;
  const [start, end] = [record.start - sentence.offset, record.end - sentence.offset];
  return start < end ? [...sentence.spans, { start, end, label: "", flagged: true }] : sentence.spans;
}

/** Return a draft of a place: its spans, which of them is edited, and the code points of its text. */
export function drafted(place) {
  const { sentence, record } = place;
  const spans = sentence.spans.map((span) => ({ ...span, was: [span.start, span.end, span.label] }));
  const proposed = (record?.changes || []).filter((change) => !change.old && change.new).map(({ new: [start, end, label] }) =>
    ({ start: start - sentence.offset, end: end - sentence.offset, label, flagged: true, was: null }));
  const all = spans.some((span) => span.flagged) ? spans : [...spans, ...proposed];
  return { points: [...sentence.text], offset: sentence.offset, spans: all, at: all.findIndex((span) => span.flagged), gone: [] };
}

const current = (draft) => draft.spans[draft.at];

function replaced(draft, span) {
  return { ...draft, spans: draft.spans.map((old, number) => (number === draft.at ? span : old)) };
}

/** Return a draft of a conflict, which begins as ``result``; it changes the spans that all annotators have. */
export function draftedResult(sentence, result) {
  const edges = (span) => [span.start, span.end, span.label];
  const agreed = sentence.spans.map(edges), had = agreed.map(String);
  const spans = result.map((span) => ({ ...span, flagged: false, was: had.includes(String(edges(span))) ? edges(span) : null }));
  const left = spans.map((span) => String(span.was));
  const at = spans.findIndex((span) => !span.was);
  return { points: [...sentence.text], offset: sentence.offset, spans, at, gone: agreed.filter((edge) => !left.includes(String(edge))) };
}

/** Return the draft with one edge of its span moved by a token. */
export function edge(draft, side, outwards) {
  return current(draft) ? replaced(draft, moved(draft.points, current(draft), side, outwards)) : draft;
}

/** Return the draft with its span labelled otherwise. */
export function relabelled(draft, label) {
  return current(draft) ? replaced(draft, { ...current(draft), label }) : draft;
}

/** Return the draft with a new span over the tokens of start:end. */
export function added(draft, start, end, label) {
  const extent = toTokens(draft.points, start, end);
  if (!extent) return draft;
  const span = { start: extent[0], end: extent[1], label, flagged: false, was: null };
  return { ...draft, spans: [...draft.spans, span], at: draft.spans.length };
}

/** Return where a new span may begin: the first token behind the edited span that is in none, else before it. */
export function nextExtent(draft) {
  const free = tokens(draft.points).filter(([start, end]) => !draft.spans.some((span) => span.start < end && start < span.end));
  const from = current(draft)?.end ?? 0;
  return free.find(([start]) => start >= from) || free[0] || null;
}

/** Return the draft without its span. */
export function dropped(draft) {
  const span = current(draft);
  if (!span) return draft;
  const spans = draft.spans.filter((other) => other !== span);
  return { ...draft, spans, gone: span.was ? [...draft.gone, span.was] : draft.gone, at: spans.length ? 0 : -1 };
}

/** Return the draft with another of its spans edited. */
export function turned(draft, step) {
  const order = draft.spans.map((span, number) => [span.start, -span.end, number]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (!order.length) return draft;
  const here = order.findIndex(([, , number]) => number === draft.at);
  return { ...draft, at: order[(here + step + order.length) % order.length][2] };
}

/** Return the spans of a draft as they are shown. */
export function shownSpans(draft) {
  return draft.spans.map((span, number) => ({ ...span, drafted: number === draft.at, flagged: span.flagged && number === draft.at }));
}

/** Return what a draft changes, in code points of its document: [{old: [start, end, label] or null, new: …}]. */
export function changesOf(draft) {
  const at = ([start, end, label]) => [start + draft.offset, end + draft.offset, label];
  const left = draft.spans.filter((span) => String(span.was) !== String([span.start, span.end, span.label]));
  return [
    ...draft.gone.map((was) => ({ old: at(was), new: null })),
    ...left.map((span) => ({ old: span.was && at(span.was), new: at([span.start, span.end, span.label]) })),
  ];
}

/** Return the action that a draft is: add, drop, label or move. */
export function actionOf(changes) {
  if (changes.every((change) => !change.old)) return "add";
  if (changes.every((change) => !change.new)) return "drop";
  const same = (change) => change.old && change.new && change.old[0] === change.new[0] && change.old[1] === change.new[1];
  return changes.every(same) ? "label" : "move";
}
