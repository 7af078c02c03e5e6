// The back end of a page in one file: it holds the questions, and the decisions until they are downloaded.
import { stored } from "./dom.js";
import { folded, record, resultOf } from "./records.js";

const ROWS = 100, FIRST = 20, MORE = 200;

/** Return the back end of ``payload``; it answers as the server does. */
export function local(payload) {
  const name = `nerconv-review-${payload.id}`;
  const log = read(name);
  const questions = new Map(payload.questions.map((question) => [question.id, question]));
  let states = statesOf(log);

  function add(line) {
    log.push(line);
    payload.state.saved = stored.set(name, JSON.stringify(log));
    states = statesOf(log);
  }

  const waits = (place) => ["open", "skipped"].includes(states.get(keyOf(place.record))?.state || "open");
  const stateOf = (question) => {
    const found = question.places.map((place) => states.get(keyOf(place.record))?.state || "open");
    const waiting = ["open", "skipped"].find((state) => found.includes(state));
    return new Set(found).size === 1 ? found[0] : waiting || "decided";
  };
  const row = (question) => ({ ...question, places: null, count: question.places.length, state: stateOf(question) });

  function decide(request) {
    const question = questions.get(request.question);
    const except = new Set(request.except || []);
    const waiting = question.places.filter(waits);
    const places = request.place ? question.places.filter((place) => place.id === request.place)
      : (waiting.length ? waiting : question.places).filter((place) => !except.has(place.id));
    add(record(question, places, request, payload.state.reviewer, log.length + 1));
    return { question: question.id, row: row(question), counts: counted(payload, states, stateOf), next: payload.questions.find((each) => stateOf(each) === "open" && each.id !== question.id)?.id || null };
  }

  function revert(action, from) {
    const line = folded(log)[from].at(-1);
    if (!line) throw Object.assign(new Error(`there is no decision to ${action}`), { status: 400 });
    add({ at: new Date().toISOString(), by: payload.state.reviewer, id: log.length + 1, action, of: line.id, comment: "" });
    return { question: line.question.id, counts: counted(payload, states, stateOf) };
  }

  return {
    offline: true,
    state: async () => ({ ...payload.state, counts: counted(payload, states, stateOf) }),
    queue: async (filter) => queueOf(payload.questions.filter((question) => fits(question, stateOf(question), filter)).map(row), Number(filter.page || 0)),
    question: async (id, k, page) => questionOf(payload, questions.get(id), k, page, states, stateOf),
    decide: async (request) => decide(request),
    undo: async () => revert("undo", "done"),
    redo: async () => revert("redo", "undone"),
    lines: () => log.map((line) => `${JSON.stringify(line)}\n`).join(""),
  };
}

function read(name) {
  try {
    const found = JSON.parse(stored.get(name) || "[]");
    return Array.isArray(found) ? found : [];
  } catch { return []; }
}

const keyOf = (record) => ["rule", "path", "line", "column", "document", "start", "end"].map((name) => record[name]).join("\n");

/** Return by place its state and the decision that left it so. */
function statesOf(log) {
  const states = new Map();
  for (const line of folded(log).done) {
    for (const place of line.places) states.set(keyOf(place), { state: resultOf(line.action), decision: line });
  }
  return states;
}

function counted(payload, states, stateOf) {
  const settled = (state) => state !== "open" && state !== "skipped";
  const places = payload.questions.flatMap((question) => question.places);
  const by_kind = {};
  for (const question of payload.questions) by_kind[question.kind] = (by_kind[question.kind] || 0) + 1;
  return {
    decisions: payload.questions.length, decided: payload.questions.filter((question) => settled(stateOf(question))).length,
    places: places.length, decided_places: places.filter((place) => settled(states.get(keyOf(place.record))?.state || "open")).length, by_kind,
  };
}

function fits(question, state, filter) {
  const text = (filter.text || "").toLowerCase();
  const said = [question.surface, question.rule, question.name, question.answer].join("\n").toLowerCase();
  return (!filter.kind || question.kind === filter.kind) && (!filter.rule || question.rule === filter.rule)
    && (!filter.label || question.label === filter.label) && (!filter.state || state === filter.state)
    && (!filter.file || question.places.some((place) => place.record.path === filter.file))
    && (!text || said.includes(text));
}

function queueOf(rows, page) {
  return { total: rows.length, page, pages: Math.ceil(rows.length / ROWS), rows: rows.slice(page * ROWS, (page + 1) * ROWS) };
}

function questionOf(payload, question, k, page, states, stateOf) {
  if (!question) throw Object.assign(new Error("this decision is not in the list"), { status: 400 });
  const [from, to] = page ? [FIRST + (page - 1) * MORE, FIRST + page * MORE] : [0, FIRST];
  const state = (place) => states.get(keyOf(place.record))?.state || "open";
  const waiting = question.places.filter((place) => ["open", "skipped"].includes(state(place))).length;
  const shown = (place) => ({ ...place.row, id: place.id, state: state(place), included: !waiting || ["open", "skipped"].includes(state(place)) });
  const here = question.places[Math.min(k, question.places.length - 1)];
  const decision = states.get(keyOf(here.record))?.decision;
  return {
    ...question, score: here.score, conflict: conflictOf(payload, here, decision), state: stateOf(question), place: placeOf(payload, here, k, question.places.length), places: question.places.slice(from, to).map(shown),
    places_total: question.places.length, waiting, decision: decision ? { action: decision.action, by: decision.by, comment: decision.comment, take: decision.take } : null,
  };
}

/** Return a place with its sentence and the lines around it, which the page holds once each. */
function placeOf(payload, place, k, of) {
  const { spans, ...sentence } = payload.sentences[place.sentence];
  const marked = spans.map((span, number) => ({ ...span, flagged: place.flagged.includes(number) }));
  const [before_line, after_line] = place.beside.map((number) => (number === null ? null : payload.lines[number]));
  return {
    id: place.id, k, of, where: place.row.where, record: place.record, fix: place.fix, note: place.note,
    sentence: { ...sentence, spans: marked }, before_line, after_line,
  };
}

/** Return a conflict with the spans that were decided: those that all annotators have, changed. */
function conflictOf(payload, place, decision) {
  if (!place.conflict || !decision || decision.action === "skip") return place.conflict;
  const { spans, offset } = payload.sentences[place.sentence];
  const { changes } = decision.places.find((each) => keyOf(each) === keyOf(place.record));
  const gone = changes.filter((change) => change.old).map((change) => String(change.old));
  const added = changes.filter((change) => change.new).map(({ new: [start, end, label] }) => ({ start: start - offset, end: end - offset, label }));
  const left = spans.filter((span) => !gone.includes(String([span.start + offset, span.end + offset, span.label])));
  return { ...place.conflict, result: [...left, ...added] };
}
