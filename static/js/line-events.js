// Carries frames without a WebSocket: in as server-sent events, out by POST, one after the other.
import { csrf, renewSession } from "./session.js";

const ADDRESS = "/events/chat";
const EXPIRED = 4401;

/** As `overWebSocket`; `alive()` for signs of life that are no frames, `unsent(text)` for a frame the server refused. */
export function overEvents({ ready, heard, gone, alive, unsent }) {
  const leaving = new AbortController();
  let id = "", over = false, sending = Promise.resolve();

  function end(code) {
    if (over) return;
    over = true;
    leaving.abort();
    gone(code);
  }

  async function read() {
    const answer = await fetch(ADDRESS, { headers: { Accept: "text/event-stream" }, cache: "no-store", signal: leaving.signal });
    if (answer.status === 401) return end(EXPIRED);
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) return end(0);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done || over) return end(0);
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      events.forEach(take);
    }
  }

  function take(event) {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (over) return;
    if (data === undefined) alive();
    else if (/^event: open$/m.test(event)) {
      id = data;
      ready();
    } else heard(data);
  }

  async function post(text) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf(), "X-Line": id };
    const answer = over ? null : await fetch(ADDRESS, { method: "POST", headers, body: text, keepalive: text.length < 60000 });
    if (answer?.ok) return;
    unsent(text);
    if (answer?.status === 401) end(EXPIRED);
    else if (answer?.status === 403) await renewSession().catch(() => {}); // the token of before another tab signed in
    end(0);
  }

  read().catch(() => end(0));

  return {
    put(text) {
      if (!id || over) return false;
      sending = sending.then(() => post(text)).catch(() => end(0));
      return true;
    },
    close() {
      over = true;
      leaving.abort();
    },
  };
}
