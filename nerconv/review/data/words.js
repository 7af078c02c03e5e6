// Words and figures in English, singular and plural.

const NUMBERS = new Intl.NumberFormat("en");

/** Return a number with commas. */
export const figure = (number) => NUMBERS.format(number);

/** Return "1 place", "2 places". */
export function count(number, word) {
  return `${figure(number)} ${number === 1 ? word : `${word}s`}`;
}

/** Return how long ``seconds`` are: "about 15 min". */
export function duration(seconds) {
  if (seconds < 90) return `about ${Math.max(10, Math.round(seconds / 10) * 10)} s`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min`;
  return `about ${Math.round(seconds / 360) / 10} h`;
}

/** Return ``texts`` as a list in a sentence: "a, b and c". */
export function listed(texts) {
  return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

export const STATES = {
  open: { icon: "○", look: "o", word: "open" },
  accepted: { icon: "✓", look: "y", word: "accepted" },
  decided: { icon: "✓", look: "y", word: "decided" },
  changed: { icon: "✓", look: "y", word: "changed" },
  rejected: { icon: "✕", look: "n", word: "rejected" },
  skipped: { icon: "↷", look: "s", word: "skipped" },
  refused: { icon: "⚠", look: "w", word: "refused" },
  applied: { icon: "✓", look: "y", word: "applied" },
};

export const KINDS = { lint: "Lint", model: "Model", error: "Errors", conflict: "Conflicts" };

/** Return the name of what is reviewed, as files are named. */
export const stateOf = (name) => STATES[name] || { icon: "✓", look: "y", word: name };
