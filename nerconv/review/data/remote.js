// The back end of a page that nerconv serves: one request for each question, answered in JSON.

const TIMEOUT = 120000;

/** The token stands behind # once; from then on this tab keeps it, and no history or log has it. */
function takeToken() {
  const given = /^#token=([\w-]+)$/.exec(location.hash);
  if (given) {
    history.replaceState(null, "", location.pathname);
    try { sessionStorage.setItem("token", given[1]); } catch { /* only until a reload, then */ }
    return given[1];
  }
  try { return sessionStorage.getItem("token") || ""; } catch { return ""; }
}

/** Return the back end that asks the server. Its functions reject with an Error that has a ``status``, 0 for none. */
export function remote() {
  const token = takeToken();

  async function ask(path, body) {
    const headers = { "x-nerconv-token": token };
    if (body) headers["content-type"] = "application/json";
    const settings = { headers, method: body ? "POST" : "GET", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
    let answer;
    try {
      answer = await fetch(`/api/${path}`, body ? { ...settings, body: JSON.stringify(body) } : settings);
    } catch {
      throw failure("nerconv does not answer; it may have been stopped in its terminal", 0);
    }
    const value = await answer.json().catch(() => ({ error: `the server answered ${answer.status}` }));
    if (!answer.ok) throw failure(value.error, answer.status);
    return value;
  }

  return {
    offline: false,
    state: () => ask("state"),
    queue: (filter) => ask(`queue?${new URLSearchParams(filter)}`),
    question: (id, place, page) =>
      ask(`question/${encodeURIComponent(id)}?${new URLSearchParams({ place, places_page: page })}`),
    decide: (request) => ask("decide", request),
    undo: () => ask("undo", {}),
    redo: () => ask("redo", {}),
    preview: () => ask("preview"),
    apply: () => ask("apply", {}),
    unapply: () => ask("unapply", {}),
  };
}

function failure(text, status) {
  return Object.assign(new Error(text), { status });
}
