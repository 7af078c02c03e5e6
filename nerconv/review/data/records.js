// Decisions as the lines of a log, and the state that they add up to: what nerconv reads with --apply.

/** Return the line that records a decision about ``question`` at ``places``. */
export function record(question, places, request, reviewer, id) {
  const asked = Object.fromEntries(["id", "kind", "rule", "surface", "label", "answer"].map((name) => [name, question[name] || ""]));
  const line = { at: new Date().toISOString(), by: reviewer, id, action: request.action, question: asked };
  line.places = places.map((place) => ({ ...place.record, ...ruleFor(place, request), changes: changesFor(place, request) }));
  line.comment = request.comment || "";
  if (request.take && request.action === "take") line.take = request.take;
  return line;
}

/** A span that is added beside the one in question is a place of its own. */
function ruleFor(place, request) {
  if (request.action !== "add" || !place.span) return {};
  const [start, end] = request.changes.map((change) => change.new).sort((a, b) => a[0] - b[0])[0];
  return { rule: `+${start}:${end}` };
}

/** Return the changes that an action makes at a place. */
function changesFor(place, request) {
  if (request.changes) return request.take ? editedOf(place.readings, request) : request.changes;
  if (request.action === "accept") return place.record.changes;
  if (request.action === "take") return takenOf(place.readings, request.take);
  const [start, end] = [place.record.start, place.record.end];
  const old = place.span || null;
  if (request.action === "drop") return old ? [{ old, new: null }] : [];
  if (request.action === "label") return [{ old, new: [...(old ? old.slice(0, 2) : [start, end]), request.label] }];
  return [];
}

/** Return the spans that are added when the reading ``take`` of a conflict is right. */
function takenOf(readings, take) {
  const spans = { both: readings.flat(), neither: [] }[take] || readings[Number(take) - 1];
  const keys = spans.map(String);
  return spans.filter((span, at) => keys.indexOf(String(span)) === at).map((span) => ({ old: null, new: span }));
}

/** Return the result of a conflict that was edited: agreed spans that go, then all spans that are added. */
function editedOf(readings, { take, changes }) {
  const base = takenOf(readings, take).map((change) => change.new);
  const from = base.map(String), gone = changes.filter((change) => change.old).map((change) => String(change.old));
  return [
    ...changes.filter((change) => change.old && !from.includes(String(change.old))).map((change) => ({ old: change.old, new: null })),
    ...base.filter((span) => !gone.includes(String(span))).map((span) => ({ old: null, new: span })),
    ...changes.filter((change) => change.new).map((change) => ({ old: null, new: change.new })),
  ];
}

/** Return the decisions that count, and those that were undone last, of the lines of a log. */
export function folded(lines) {
  const done = [], undone = [];
  for (const line of lines) {
    if (line.action === "undo") undone.push(...done.splice(done.findIndex((each) => each.id === line.of), 1));
    else if (line.action === "redo") done.push(...undone.splice(undone.findIndex((each) => each.id === line.of), 1));
    else { done.push(line); undone.length = 0; }
  }
  return { done, undone };
}

const RESULTS = { accept: "accepted", reject: "rejected", skip: "skipped" };

/** Return what state an action leaves a place in. */
export const resultOf = (action) => RESULTS[action] || "changed";
