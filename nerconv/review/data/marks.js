// Labels and marked spans.
import { h, inOrder } from "./dom.js";

let looks = {};

/** Take over how labels look: classes by label. */
export function setLooks(found) {
  looks = found || {};
}

export const lookOf = (label) => looks[label] || "";

/** Return a label as a chip; null is the absence of one. */
export function chip(label) {
  return label ? h("bdi.lb", { class: lookOf(label) }, label) : h("span.lb", null, "no label");
}

/** Return spans as trees, outer ones first, and those that cross one of them. Each node is {span, inner}. */
export function nested(spans) {
  const top = [], open = [], crossing = [];
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
  for (const span of sorted) {
    while (open.length && open.at(-1).span.end <= span.start) open.pop();
    if (open.length && open.at(-1).span.end < span.end) {
      crossing.push(span);
      continue;
    }
    const node = { span, inner: [] };
    (open.length ? open.at(-1).inner : top).push(node);
    open.push(node);
  }
  return { top, crossing };
}

// Where the text nodes of sentences begin, in code points.
const begins = new WeakMap();

function text(points, start, end) {
  const node = document.createTextNode(inOrder(points.slice(start, end).join("")));
  begins.set(node, start);
  return node;
}

/** Return the nodes of points[start:end] with the spans of ``trees`` marked; ``mark`` makes the element of a span. */
function marked(points, start, end, trees) {
  const nodes = [];
  let done = start;
  for (const { span, inner } of trees) {
    if (span.start > done) nodes.push(text(points, done, span.start));
    nodes.push(markOf(span, marked(points, span.start, span.end, inner), inner.length > 0));
    done = span.end;
  }
  if (end > done) nodes.push(text(points, done, end));
  return nodes;
}

const SHORT = 28;

function markOf(span, content, outer) {
  const short = span.end - span.start <= SHORT && !outer;
  const look = [lookOf(span.label), short && "sh", span.flagged && "flag", !span.label && "none", span.differs && "c", span.drafted && "draft"];
  const hidden = span.flagged ? h("bdi.sr", null, "flagged: ") : null;
  const label = span.label ? h("bdi.l", null, span.label) : h("bdi.sr", null, " without a label");
  return h("mark", { dir: "auto", class: look.filter(Boolean).join(" ") }, hidden, content, label);
}

/** Return the lines of a sentence: the text with its spans, and again for spans that cross them. */
export function sentenceLines(points, spans, from, to) {
  const within = spans.filter((span) => span.end > from && span.start < to)
    .map((span) => ({ ...span, start: Math.max(span.start, from), end: Math.min(span.end, to) }));
  const lines = [];
  let left = within;
  while (left.length || !lines.length) {
    const { top, crossing } = nested(left);
    lines.push(marked(points, from, to, top));
    left = crossing;
  }
  return lines;
}

/** Return what of ``root`` is selected as [start, end] in code points, or null. */
export function selected(root) {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let first = null, last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!begins.has(node) || !range.intersectsNode(node)) continue;
    const here = node === range.startContainer ? range.startOffset : 0;
    const there = node === range.endContainer ? range.endOffset : node.data.length;
    if (there <= here) continue;
    const at = (offset) => begins.get(node) + [...node.data.slice(0, offset)].length;
    first = first === null ? at(here) : Math.min(first, at(here));
    last = Math.max(last ?? 0, at(there));
  }
  return first === null ? null : [first, last];
}
