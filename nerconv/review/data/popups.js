// Small dialogs: the label picker, a comment, and the actions that have no room in the bar.
import { button, byId, h } from "./dom.js";

function open(...children) {
  const pop = byId("pop");
  pop.replaceChildren(...children.flat(3).filter(Boolean));
  if (!pop.open) pop.showModal();
}

export function closePopup() {
  if (byId("pop").open) byId("pop").close();
}

export const popupOpen = () => byId("pop").open;

const VALID = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** Ask for a label: a digit takes one of the first nine, letters narrow the list, Enter takes the first. */
export function askLabel(labels, title, chosen) {
  const list = h("ul.picks");
  const take = (label) => { closePopup(); chosen(label); };
  const fits = (text) => labels.filter((label) => label.toLowerCase().startsWith(text.toLowerCase()));
  const fill = (text) => {
    const found = fits(text);
    const fresh = VALID.test(text) && !labels.includes(text) ? [text] : [];
    list.replaceChildren(...[...found, ...fresh].map((label, number) => h("li", null,
      button(number < 9 && !text ? String(number + 1) : "", label, () => take(label), "pick", { "aria-label": label, "data-label": label }),
      fresh.includes(label) ? h("span.muted.small", null, " a new label") : null)));
  };
  const typed = h("input", {
    "aria-label": "Label", autocomplete: "off", spellcheck: "false", placeholder: "digit, or letters of the label",
    on: { input: (event) => picked(event.target.value.trim()), keydown: (event) => event.key === "Enter" && entered(event) },
  });
  const picked = (text) => {
    if (/^[1-9]$/.test(text) && labels[Number(text) - 1]) take(labels[Number(text) - 1]);
    else fill(text);
  };
  const entered = (event) => {
    event.preventDefault();
    const text = event.target.value.trim();
    const first = labels.find((label) => label === text) || fits(text)[0] || (VALID.test(text) ? text : null);
    if (first && text) take(first);
  };
  fill("");
  open(h("h2", { id: "h-pop" }, title), typed, list, button("Esc", "Leave", closePopup));
  typed.focus();
}

/** Ask for a comment. */
export function askComment(text, chosen) {
  const field = h("textarea", { "aria-label": "Comment", rows: 3, maxlength: 2000, on: { keydown: (event) => {
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); save(); }
  } } });
  field.value = text;
  const save = () => { closePopup(); chosen(field.value.trim()); };
  open(h("h2", { id: "h-pop" }, "Comment on the decision"), field, h("div.row", null, button("Enter", "Keep for the decision", save, "pri"), button("Esc", "Leave", closePopup)));
  field.focus();
}

/** Show actions that have no room in the bar: [[key, text, act], …]. */
export function showActions(rows) {
  open(h("h2", { id: "h-pop" }, "More actions"),
    h("ul.picks", null, rows.map(([key, text, act]) => h("li", null, button(key, text, () => { closePopup(); act(); })))),
    button("Esc", "Leave", closePopup));
}

