// Elements of the page. All text goes in as text nodes; nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element: h("p.muted", {id: "x", on: {click: f}}, "text", element, null). */
export function h(name, props, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  return filled(node, props, children);
}

/** Return an element of an SVG. */
export function svg(tag, props, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) set(node, name, value);
  const shown = children.flat(3).filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...shown.map((child) => (child instanceof Node ? child : inOrder(String(child)))));
  return node;
}

/** Return a text in which nothing turns the order of what is shown; as many characters as before. */
export const inOrder = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

function set(node, name, value) {
  if (name === "on") {
    for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
  } else if (name === "class") {
    if (value) node.setAttribute("class", `${node.getAttribute("class") || ""} ${value}`.trim());
  } else if (name === "checked" || name === "value" || name === "indeterminate") {
    node[name] = value;
  } else if (value === true) {
    node.setAttribute(name, "");
  } else if (value !== null && value !== undefined && value !== false) {
    node.setAttribute(name, value);
  }
}

export const byId = (id) => document.getElementById(id);

/** Put ``children`` into ``node``; what has the focus is found again by its data-key. */
export function put(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  node.replaceChildren(...children.flat(3).filter(Boolean));
  if (key) node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Announce ``text`` to screen readers. */
export function say(text) {
  byId("said").textContent = "";
  setTimeout(() => { byId("said").textContent = text; }, 50);
}

/** Return a button with its key beside the text: button("a", "Accept", act, "pri"). */
export function button(key, text, act, look, props) {
  const keys = key ? key.split(" ").map((each) => [h("kbd", { "aria-hidden": "true" }, each), " "]) : null;
  return h("button.btn", { class: look, type: "button", on: { click: act }, "data-key": text, ...props }, keys, text);
}

/** Return a bar of ``part`` of ``whole``, at most ``width`` pixels. */
export function bar(part, whole, width) {
  const length = whole ? Math.max(1, Math.round((width * part) / whole)) : 0;
  return svg("svg", { class: "bar", "aria-hidden": "true", width, height: 10 },
    svg("rect", { width: length, height: 10, rx: 2 }));
}

/** Return a bar over the whole width, ``share`` of it filled. */
export function track(share) {
  return svg("svg", { class: "tr", "aria-hidden": "true", width: "100%", height: 12 },
    svg("rect", { width: `${Math.round(share * 100)}%`, height: 12 }));
}

/** Offer ``text`` as a download called ``name``. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Read and write settings that outlive the page, where the browser allows it. */
export const stored = {
  get(name) {
    try { return localStorage.getItem(name); } catch { return null; }
  },
  set(name, value) {
    try { localStorage.setItem(name, value); return true; } catch { return false; }
  },
};
