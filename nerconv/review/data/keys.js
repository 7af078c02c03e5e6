// Which key does what: one table, for the handler and for the list that people read.
import { h } from "./dom.js";
import { canTakeBoth } from "./conflict.js";

/** Rows: keys, text, action, where it works (question, conflict, draft, any). */
export const KEYS = [
  ["a", "accept the fix for all ticked places", "accept"],
  ["A", "accept for every open group of this rule, after a list of them", "acceptRule"],
  ["r", "reject: leave as it is, write to the ignore file", "reject"],
  ["l", "change the label: then a digit or letters", "label"],
  ["d", "drop the span", "drop"],
  ["[ ]", "grow the span by one token, left or right", "grow"],
  ["{ }", "shrink it from the left or right", "shrink"],
  ["e", "edit: arrows move the end, with Shift the start; + adds a span over selected text; Enter saves", "edit"],
  ["x", "except this place from the group", "exceptHere"],
  ["c", "comment on the decision", "comment"],
  ["s", "skip: decide later", "skip"],
  ["u U", "undo, redo", "undo"],
  ["j k", "next, previous decision", "next"],
  ["n p", "next, previous place of the group", "nextPlace"],
  ["1 2", "conflict: take A, take B", "take"],
  ["3 0", "conflict: both, neither", "take"],
  ["/", "filter", "search"],
  ["Ctrl+Enter", "apply, after the preview", "write"],
  ["?", "this list", "help"],
  ["Esc", "back", "back"],
];

/** Return the list of keys, with the switch that turns single keys off. */
export function helpView(view, act) {
  return [
    h("h1", { id: "h1", tabindex: "-1" }, "Keys"),
    h("label.row", null, h("input", { type: "checkbox", checked: view.keysOn, "data-key": "keys", on: { change: act.switchKeys } }),
      "Single keys are on ", h("span.muted.small", null, "(turn them off for speech input; every action also has a button)")),
    h("dl.keys", null, KEYS.map(([keys, text]) => h("div", null, h("dt", null, keys.split(" ").map((key) => [h("kbd", null, key), " "])), h("dd", null, text)))),
  ];
}

const typing = (target) => target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");

/** Return the action of a key event in ``view`` as [name, ...arguments], or null. */
export function actionOf(event, view) {
  if (event.isComposing || event.altKey || event.metaKey || event.defaultPrevented) return null;
  if (event.ctrlKey) return event.key === "Enter" && view.page === "apply" ? ["write"] : null;
  if (event.key === "Escape") return view.draft ? ["leaveDraft"] : ["back"];
  if (typing(event.target)) return null;
  if (view.draft) return drafting(event);
  if (!view.keysOn) return null;
  if (view.page === "rule" && event.key === "Enter" && !event.target.closest("button, a, summary")) return ["acceptGroup"];
  if (event.key === "?") return ["help"];
  if (event.key === "u") return ["undo"];
  if (event.key === "U") return ["redo"];
  if (event.key === "/") return ["search"];
  if (view.page !== "question" || !view.question) return null;
  return moving(event.key) || (view.question.kind === "conflict" ? conflicting(event.key, view) : deciding(event.key, view));
}

function moving(key) {
  return { j: ["next"], k: ["previous"], n: ["nextPlace"], p: ["previousPlace"], s: ["skip"], c: ["comment"], e: ["edit"], x: ["exceptHere"] }[key] || null;
}

function deciding(key, view) {
  return {
    a: view.answerHidden ? ["reveal"] : ["accept"], A: ["acceptRule"], r: ["reject"], l: ["label"], d: ["drop"],
    "[": ["edge", "start", true], "]": ["edge", "end", true], "{": ["edge", "start", false], "}": ["edge", "end", false],
    "+": ["add"],
  }[key] || null;
}

function conflicting(key, view) {
  const { annotators } = view.question.conflict;
  if (key === (annotators.length < 3 ? "3" : "b")) return canTakeBoth(view.question) ? ["take", "both"] : null;
  if (/^[1-9]$/.test(key) && Number(key) <= annotators.length) return ["take", key];
  return { a: ["accept"], 0: ["take", "neither"] }[key] || null;
}

function drafting(event) {
  const side = event.shiftKey ? "start" : "end";
  const onButton = event.target.closest?.("button, a, summary");
  if (event.key === "ArrowLeft") return ["edge", side, side === "start"];
  if (event.key === "ArrowRight") return ["edge", side, side === "end"];
  if (event.key === "Enter" && !onButton) return ["saveDraft"];
  if (event.key === "ArrowDown") return ["turn", 1];
  if (event.key === "ArrowUp") return ["turn", -1];
  return {
    "[": ["edge", "start", true], "]": ["edge", "end", true], "{": ["edge", "start", false], "}": ["edge", "end", false],
    "+": ["add"], l: ["label"], d: ["drop"], a: ["saveDraft"], "?": ["help"],
  }[event.key] || null;
}
