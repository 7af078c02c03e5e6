// Tokens of a sentence, and the edges of spans that move along them.

const BLANK = /[ \t\r\n]/;
const EDGE = /[\p{P}\p{S}]/u;

/** Return tokens as [start, end]: words between blanks, punctuation at their edges apart. */
export function tokens(points) {
  const found = [];
  for (let at = 0; at < points.length;) {
    if (BLANK.test(points[at])) { at += 1; continue; }
    let end = at;
    while (end < points.length && !BLANK.test(points[end])) end += 1;
    found.push(...parts(points, at, end));
    at = end;
  }
  return found;
}

function parts(points, start, end) {
  let from = start, to = end;
  while (from < to && EDGE.test(points[from])) from += 1;
  while (to > from && EDGE.test(points[to - 1])) to -= 1;
  return [[start, from], [from, to], [to, end]].filter(([first, last]) => first < last);
}

/** Return the least run of whole tokens that covers start:end, or null where there is none. */
export function toTokens(points, start, end) {
  const touched = tokens(points).filter(([first, last]) => last > start && first < end);
  return touched.length ? [touched[0][0], touched.at(-1)[1]] : null;
}

/** Return a span with one edge moved by one token: side "start" or "end", outwards or inwards; the same if it cannot. */
export function moved(points, span, side, outwards) {
  const found = tokens(points);
  if (side === "start") {
    const starts = found.map(([first]) => first);
    const next = outwards ? starts.filter((at) => at < span.start).at(-1) : starts.find((at) => at > span.start);
    return next === undefined || next >= span.end ? span : { ...span, start: next };
  }
  const ends = found.map(([, last]) => last);
  const next = outwards ? ends.find((at) => at > span.end) : ends.filter((at) => at < span.end).at(-1);
  return next === undefined || next <= span.start ? span : { ...span, end: next };
}

const LONG = 600, AROUND = 200;

/** Return which part of a sentence is shown at first: all of it, or the surroundings of ``focus``. */
export function shownPart(points, focus, all) {
  if (all || points.length <= LONG) return [0, points.length];
  const [start, end] = focus;
  const from = points.lastIndexOf(" ", Math.max(0, start - AROUND));
  const to = points.indexOf(" ", Math.min(points.length, end + AROUND));
  return [from < 0 ? 0 : from, to < 0 ? points.length : to];
}
