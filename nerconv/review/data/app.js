// The page: what is shown, what can be done, and the one place where both meet.
import { byId, download, put, say, stored } from "./dom.js";
import { setLooks, selected } from "./marks.js";
import { remote } from "./remote.js";
import { local } from "./local.js";
import { record } from "./records.js";
import { drawQueue } from "./queue.js";
import { actionOf as draftAction, added, changesOf, drafted, draftedResult, dropped, edge, flaggedSpans, nextExtent, relabelled, shownSpans, turned } from "./draft.js";
import { decisionView, included, ofModel, places as placesText } from "./decision.js";
import { conflictView, readingsOf } from "./conflict.js";
import { barView } from "./bar.js";
import { applyView, doneView, errorView, ruleView, topView, writtenView } from "./views.js";
import { KEYS, actionOf, helpView } from "./keys.js";
import { askComment, askLabel, closePopup, popupOpen, showActions } from "./popups.js";

const payload = JSON.parse(byId("payload").textContent);
const back = payload ? local(payload) : remote();

/** What the page shows; every change goes through ``show``. */
const view = {
  offline: back.offline, state: null, page: "question", filter: { kind: "", rule: "", label: "", file: "", text: "", state: "", page: 0 },
  rows: [], total: 0, pages: 0, id: "", question: null, places: [], except: new Set(), draft: null, comment: "", showAll: false,
  last: "", offer: "", wrong: false, failed: null, preview: null, written: null, group: null, busy: false, listOpen: false, selection: null,
  keysOn: stored.get("nerconv-keys") !== "off", hideAnswers: stored.get("nerconv-hide") === "on", hideNames: false, revealed: "",
};

const wide = matchMedia("(min-width: 861px)");

/** What follows from the rest. */
function derived() {
  const { question, draft } = view;
  return {
    ...view, wide: wide.matches, readOnly: Boolean(view.state.read_only), filtered: ["rule", "label", "file", "text", "state"].some((name) => view.filter[name]),
    page: view.page, filter: view.filter, spans: draft ? shownSpans(draft) : question ? flaggedSpans(question.place) : [],
    changes: draft ? changesOf(draft) : [], unappliable: Boolean(view.written && !view.written.undone),
    answerHidden: Boolean(question && ofModel(question) && view.hideAnswers && question.state === "open" && view.revealed !== question.id),
  };
}

const VIEWS = {
  question: (shown) => (!shown.question ? doneView(shown, act) : shown.question.kind === "conflict" ? conflictView(shown, act) : decisionView(shown, act)),
  apply: (shown) => applyView(shown, act), written: (shown) => writtenView(shown), rule: (shown) => ruleView(shown, act),
  help: (shown) => helpView(shown, act), done: (shown) => doneView(shown, act),
};

function show(focusHeadline) {
  const shown = derived();
  document.title = `${shown.question && shown.page === "question" ? `${shown.question.surface || shown.question.rule} · ` : ""}nerconv review: ${shown.state.title}`;
  put(byId("top"), topView(shown, act));
  const listTop = byId("rows")?.scrollTop;
  drawQueue(byId("queue"), { ...shown, page: view.filter.page }, act);
  if (listTop) byId("rows").scrollTop = listTop;
  put(byId("main"), VIEWS[shown.page](shown));
  const bar = byId("bar");
  bar.hidden = false;
  bar.classList.toggle("bad", Boolean(shown.failed));
  put(bar, barView(shown, act));
  if (focusHeadline) headline();
}

function headline() {
  window.scrollTo(0, 0);
  byId("h1")?.focus({ preventScroll: true });
  document.querySelector('.ql [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
}

/** Show ``text`` as what happened last, and announce it. */
function tell(text) {
  Object.assign(view, { last: text, offer: "", wrong: false });
  say(text);
  show();
}

/** Run what may fail; what the back end refuses is said, what it could not store turns the bar red. */
async function attempt(run, request) {
  busy(1);
  try {
    return await run();
  } catch (error) {
    if (request && error.status !== 400) view.failed = { message: error.message, request };
    else if (!view.state) put(byId("main"), errorView(error.message));
    else Object.assign(view, { last: error.message, offer: "", wrong: true });
    say(error.message);
    if (view.state) show();
    return null;
  } finally {
    busy(-1);
  }
}

let asking = 0;

/** Say on the page whether an answer of the back end is awaited. */
function busy(step) {
  asking += step;
  byId("main").setAttribute("aria-busy", String(asking > 0));
}

async function loadQueue() {
  ahead = { id: "", answer: null };
  const { kind, page, ...rest } = view.filter;
  const asked = Object.fromEntries(Object.entries({ kind, page: String(page), ...rest }).filter(([, value]) => value));
  const found = await attempt(() => back.queue(asked));
  if (found) Object.assign(view, { rows: found.rows, total: found.total, pages: found.pages });
}

async function loadState() {
  const state = await attempt(() => back.state());
  if (state) { view.state = state; setLooks(state.looks); }
  return state;
}

/** Bring the head up to date, without making anybody wait. */
async function refresh() {
  if (await loadState()) put(byId("top"), topView(derived(), act));
}

// The question that is likely to be shown next, asked for while a person looks at the one before it.
let ahead = { id: "", answer: null };

function lookAhead() {
  const at = view.rows.findIndex((row) => row.id === view.id);
  const next = view.rows.slice(at + 1).find((row) => row.state === "open");
  if (next && next.id !== ahead.id) ahead = { id: next.id, answer: back.question(next.id, 0, 0).catch(() => null) };
}

/** Return question ``id`` at its place number ``k``. */
async function asked(id, k) {
  const { answer } = k === 0 && id === ahead.id ? ahead : { answer: null };
  ahead = { id: "", answer: null };
  return (await answer) || back.question(id, k, 0);
}

/** Show question ``id`` at its place number ``k``. */
async function toQuestion(id, k = 0, focusHeadline = true) {
  const question = await attempt(() => asked(id, k));
  if (!question) return;
  const fresh = id !== view.id;
  Object.assign(view, { page: "question", id, question, draft: null, showAll: false, places: fresh ? question.places : view.places });
  if (fresh) {
    Object.assign(view, { comment: "", listOpen: false, selection: null, except: new Set() });
  } else {
    question.places.forEach((place, number) => { view.places[number] = place; });
  }
  show(focusHeadline);
  setTimeout(lookAhead, 0);
}

/** Whether something would be lost by leaving the question. */
const unsaved = () => view.failed || (view.draft && changesOf(view.draft).length > 0);

function route() {
  if (unsaved()) {
    history.replaceState(null, "", `#/q/${view.id}`);
    if (!view.failed) tell("The edit is not saved: save it, or leave it with Esc, first.");
    return;
  }
  const [, page, id] = location.hash.split("/");
  if (page === "q" && id) toQuestion(decodeURIComponent(id));
  else if (page === "apply") openApply();
  else if (["help", "done", "rule", "written"].includes(page) && (page !== "rule" || view.group) && (page !== "written" || view.written)) {
    view.page = page;
    show(true);
  } else first();
}

function first() {
  const row = view.rows.find((each) => each.state === "open") || view.rows[0];
  if (row) go(`q/${row.id}`);
  else { view.page = "done"; view.question = null; show(true); }
}

function go(where) {
  const hash = `#/${where}`;
  if (location.hash === hash) route();
  else location.hash = hash;
}

async function openApply() {
  Object.assign(view, { page: "apply", preview: null, draft: null });
  show(true);
  if (back.offline) return;
  view.preview = await attempt(() => back.preview());
  if (view.preview) show(true);
}

const WORDS = { accept: "accepted", reject: "rejected", label: "labelled", move: "moved", add: "added to", drop: "dropped", skip: "skipped", take: "settled" };

function lastText(action, question, number, label) {
  const what = `${question.surface || question.rule} ${question.kind === "conflict" ? "" : question.label || ""}`.trim();
  return `Last: ${WORDS[action]} ${what}${action === "label" ? ` as ${label}` : ""}${question.places_total > 1 ? ` in ${placesText(number)}` : ""}.`;
}

/** Store a decision about the question that is shown, and go on to the next one. */
async function decide(action, extra = {}) {
  const { question } = view;
  if (!question || view.busy || view.failed || view.state.read_only) return;
  const except = extra.place ? [] : [...view.except];
  const request = { question: question.id, action, except, comment: view.comment, ...extra };
  await send(request, lastText(action, question, extra.place ? 1 : included(view), extra.label));
}

async function send(request, text) {
  view.busy = true;
  const done = await attempt(() => back.decide(request), request);
  view.busy = false;
  if (!done) return;
  view.failed = null;
  if (view.page === "rule") return done;
  view.comment = "";
  await decided(done, text, request);
}

async function decided(done, text, request) {
  Object.assign(view, { last: text, offer: "undo", wrong: false, draft: null });
  view.state.counts = done.counts;
  replaceRow(done.row);
  say(text);
  if (request.place && ["open", "skipped"].includes(done.row.state)) await stay(request.action);
  else await onward(done.next);
  refresh();
}

/** Show the next place of the question, or the same where a span was added. */
async function stay(action) {
  const { place, places_total: total, id } = view.question;
  await toQuestion(id, action === "add" ? place.k : (place.k + 1) % total);
}

/** Show the next open question: of those that the list shows, else the one with the id ``next``, else that none is left. */
async function onward(next) {
  const { id } = view.question;
  const from = view.rows.findIndex((row) => row.id === id);
  if (view.filter.state) await loadQueue();
  const open = view.rows.filter((row) => row.state === "open" && row.id !== id);
  const behind = view.rows.slice(from + (view.filter.state ? 0 : 1)).find((row) => open.includes(row));
  const found = behind?.id || next || open[0]?.id;
  if (found && found !== id) await turnTo(found);
  else { view.id = ""; go("done"); }
}

/** Show question ``id`` under its address. */
async function turnTo(id) {
  history.pushState(null, "", `#/q/${id}`);
  await toQuestion(id);
}

function replaceRow(row) {
  if (!row || !row.id) return;
  view.rows = view.rows.map((old) => (old.id === row.id ? { ...old, ...row } : old));
}

async function revert(run, word) {
  if (view.busy || view.failed || view.state.read_only) return;
  const done = await attempt(run);
  if (!done) return;
  await loadState();
  await loadQueue();
  Object.assign(view, { last: word, offer: run === back.undo ? "redo" : "undo", wrong: false, id: "" });
  say(word);
  const id = done.question || (done.row || {}).id || view.question?.id;
  if (id && location.hash !== `#/q/${id}`) go(`q/${id}`);
  else if (id) await toQuestion(id);
  else route();
}

function withDraft(change) {
  if (view.state.read_only || !view.question) return;
  view.draft = change(view.draft || startDraft());
  show();
}

function startDraft() {
  const { question } = view;
  if (question.kind !== "conflict") return drafted(question.place);
  return draftedResult(question.place.sentence, question.conflict.result || question.conflict.rows[0].spans);
}

function saveDraft() {
  const changes = changesOf(view.draft);
  const { question } = view;
  const base = question.kind === "conflict" ? { take: "neither" } : {};
  if (changes.length) decide(draftAction(changes), { changes, place: question.place.id, ...base });
}

function addSpan() {
  const found = selected(byId("sentence")) || view.selection || nextExtent(view.draft || startDraft());
  if (!found) { tell("Select the text of the new span first, then press +."); return; }
  view.selection = null;
  askLabel(labelNames(), "Label of the new span", (label) => withDraft((draft) => added(draft, ...found, label)));
}

const labelNames = () => view.state.labels.map((label) => (typeof label === "string" ? label : label.label || label.name));

function step(by) {
  const at = view.rows.findIndex((row) => row.id === view.id) + by;
  if (view.rows[at]) go(`q/${view.rows[at].id}`);
  else say(by > 0 ? "This is the last decision of the list." : "This is the first decision of the list.");
}

function toPlace(k) {
  if (unsaved()) { tell("The edit is not saved: save it, or leave it with Esc, first."); return; }
  const total = view.question.places_total;
  if (k >= 0 && k < total) toQuestion(view.question.id, k, false).then(() => say(`Place ${k + 1} of ${total}, ${view.question.place.where}`));
}

async function morePlaces() {
  const size = view.places.length;
  const page = size <= 20 ? 1 : 1 + Math.ceil((size - 20) / 200);
  const found = await attempt(() => back.question(view.question.id, view.question.place.k, page));
  if (!found) return;
  const known = new Set(view.places.map((place) => place.id));
  view.places = [...view.places, ...found.places.filter((place) => !known.has(place.id))];
  show();
}

async function openRule() {
  const { rule, kind } = view.question;
  const found = await attempt(() => back.queue({ kind, rule, state: "open" }));
  if (!found) return;
  view.group = { rule: `${rule} ${view.question.name}`.trim(), rows: found.rows.filter((row) => row.answer), except: new Set() };
  go("rule");
}

async function acceptGroup() {
  const rows = view.group.rows.filter((row) => !view.group.except.has(row.id));
  let number = 0;
  for (const row of rows) {
    if (!(await send({ question: row.id, action: "accept", except: [], comment: "" }, ""))) break;
    number += 1;
  }
  await loadState();
  await loadQueue();
  Object.assign(view, { last: `Last: accepted ${number} decisions of ${view.group.rule}; undo takes back one at a time.`, offer: "undo", group: null, id: "" });
  say(view.last);
  first();
}

/** Offer the decision that was not saved as a file for --apply: about the places that the page has. */
function rescue() {
  const { question, failed: { request } } = view;
  const only = request.place || (question.conflict ? question.place.id : "");
  const chosen = view.places.filter((place) => (only ? place.id === only : place.included && !request.except.includes(place.id)));
  const readings = question.conflict ? readingsOf(question) : [];
  const line = record(question, chosen.map((place) => ({ ...place, readings })), request, view.state.reviewer, 1);
  download("unsaved.review.jsonl", `${JSON.stringify(line)}\n`);
  say(`Downloaded the decision about ${placesText(chosen.length)}.`);
}

function toggle(set, id) {
  if (!set.delete(id)) set.add(id);
  show();
}

let waiting = 0;

async function filter(change) {
  view.filter = { ...view.filter, page: 0, ...change };
  await loadQueue();
  const fits = view.rows.some((row) => row.id === view.id);
  if (view.page !== "question" || fits || !view.rows.length || unsaved()) { show(); return; }
  const { id } = view.rows.find((row) => row.state === "open") || view.rows[0];
  history.replaceState(null, "", `#/q/${id}`);
  await toQuestion(id, 0, false);  // the focus stays where somebody types
}

function more() {
  const rows = view.draft ? [["+", "Add span over the selection", act.add], ["l", "Label…", act.label], ["d", "Drop", act.drop]]
    : view.question?.kind === "conflict" ? [["3", "Both", () => act.take("both")], ["0", "Neither", () => act.take("neither")], ["e", "Edit result…", act.edit]]
      : [["l", "Label…", act.label], ["d", "Drop the span", act.drop], ["e", "Edit…", act.edit], ["x", "Except this place", act.exceptHere], ["A", "Accept for the whole rule…", act.acceptRule]];
  showActions([...rows, ["c", "Comment…", act.comment], ["u", "Undo", act.undo], ["U", "Redo", act.redo], ["?", "Keys", act.help]]);
}

/** Everything that a button or a key can do. */
const act = {
  accept: () => (view.question.answer ? decide("accept") : say("This question has no proposed answer; label it, drop it or reject it.")),
  reject: () => decide("reject"),
  skip: () => decide("skip"),
  drop: () => (view.draft ? withDraft(dropped) : view.question.label ? decide("drop") : tell("No span stands here that could be dropped.")),
  label: () => askLabel(labelNames(), view.draft ? "Label of this span" : "Change the label to", (label) => (view.draft ? withDraft((draft) => relabelled(draft, label)) : decide("label", { label }))),
  take: (choice) => decide("take", { take: choice }),
  undo: () => revert(back.undo, "Undid the last decision."),
  redo: () => revert(back.redo, "Redid it."),
  edge: (side, outwards) => withDraft((draft) => edge(draft, side, outwards)),
  turn: (by) => withDraft((draft) => turned(draft, by)),
  edit: () => withDraft((draft) => draft),
  add: addSpan,
  saveDraft,
  leaveDraft: () => { view.draft = null; show(true); },
  except: (id) => toggle(view.except, id),
  exceptHere: () => view.question.places_total > 1 && !view.state.read_only && toggle(view.except, view.question.place.id),
  exceptGroup: (id) => toggle(view.group.except, id),
  comment: () => askComment(view.comment, (text) => { view.comment = text; show(); }),
  next: () => step(1),
  previous: () => step(-1),
  nextPlace: () => toPlace(view.question.place.k + 1),
  previousPlace: () => toPlace(view.question.place.k - 1),
  toPlace,
  morePlaces,
  acceptRule: openRule,
  acceptGroup,
  search: () => { view.listOpen = true; show(); byId("text").focus(); },
  listOpened: (open) => { if (!wide.matches) view.listOpen = open; },
  filter,
  filterSoon: (name, value) => { clearTimeout(waiting); waiting = setTimeout(() => filter({ [name]: value }), 150); },
  openOnes: () => filter({ state: "", rule: "", label: "", file: "", text: "" }).then(first),
  showAll: () => { view.showAll = true; show(); },
  reveal: () => { view.revealed = view.question.id; show(true); },
  hideAnswers: () => { view.hideAnswers = !view.hideAnswers; stored.set("nerconv-hide", view.hideAnswers ? "on" : "off"); show(); },
  hideNames: () => { view.hideNames = !view.hideNames; show(); },
  switchKeys: () => { view.keysOn = !view.keysOn; stored.set("nerconv-keys", view.keysOn ? "on" : "off"); show(); },
  help: () => go("help"),
  back: () => { if (view.page !== "question" || !view.question) { if (view.question) { view.id = ""; go(`q/${view.question.id}`); } else first(); } },
  toApply: () => go("apply"),
  write: async () => {
    if (view.busy || !view.preview) return;
    view.busy = true;
    const done = await attempt(() => back.apply());
    view.busy = false;
    if (!done) return;
    Object.assign(view, { written: done, question: null, id: "", last: "", offer: "" });
    await loadState();
    await loadQueue();
    go("written");
  },
  unapply: async () => {
    const done = await attempt(() => back.unapply());
    if (!done) return;
    Object.assign(view, { written: null, question: null, id: "", page: "done" });
    await loadState();
    await loadQueue();
    tell("Undid what was written; the files are as they were.");
    first();
  },
  patch: () => download("review.patch", view.preview.files.map((file) => file.diff).join("")),
  download: () => { download(view.state.decisions_name || "nerconv.review.jsonl", back.lines()); say("Downloaded."); },
  retry: () => { const { request } = view.failed; view.failed = null; send(request, lastText(request.action, view.question, included(view), request.label)); },
  rescue,
  forget: () => { view.failed = null; show(true); },
  more,
};

function onKey(event) {
  if (popupOpen() || !view.state) return;
  if (view.failed || (event.repeat && !/^[jknp]$|^Arrow/.test(event.key))) return;
  const found = actionOf(event, { ...derived(), keysOn: view.keysOn });
  if (!found) return;
  event.preventDefault();
  act[found[0]](...found.slice(1));
}

/** Keep what is selected in the sentence, which is gone once a button is pressed. */
function onSelection() {
  const root = byId("sentence");
  const found = root && !view.failed && !view.state?.read_only ? selected(root) : null;
  if (!found || String(found) === String(view.selection)) return;
  view.selection = found;
  put(byId("bar"), barView(derived(), act));
}

async function start() {
  addEventListener("mouseup", onSelection);
  addEventListener("keyup", onSelection);
  addEventListener("beforeunload", (event) => { if (view.state && (unsaved() || (back.offline && view.state.saved === false))) event.preventDefault(); });
  addEventListener("keydown", onKey);
  addEventListener("hashchange", route);
  wide.addEventListener("change", () => view.state && show());
  byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("main").focus(); });
  byId("pop").addEventListener("close", () => byId("h1")?.focus({ preventScroll: true }));
  if (!(await loadState())) return;
  const kinds = Object.keys(view.state.counts.by_kind || {});
  view.filter.kind = kinds[0] || "";
  await loadQueue();
  document.documentElement.dataset.ready = "yes";
  route();
}

start();
