// The line to the server: frames out and in, heartbeat, coming back after a break, sending again what was not confirmed.
// It goes over a WebSocket; where a proxy breaks those, over server-sent events, until a WebSocket works again.
import { overEvents } from "./line-events.js";
import { overWebSocket } from "./line-websocket.js";
import { t } from "./words.js";

const BEAT = 25000; // milliseconds between two signs of life
const DEAD = 12000; // without an answer to one
const FIRST = 4000; // in which a new line must bring its first word
const LONGEST = 15000; // between two tries
const AGAIN = [20000, 600000]; // until a WebSocket is tried anew beside the events: first, and at most
const ASLEEP = 30000; // after which a page nobody looks at gives its events back: a browser has six for a site
const EXPIRED = 4401;
const KEY = "thinkback-line"; // what worked in this session
const FLEETING = ["subscribe", "draft", "ping"]; // said anew over each line: not kept for the next
const PING = JSON.stringify({ type: "ping" });

/**
 * Opens the line. `frames` has a function for each type of frame; `opened` runs after each connect; `line(text, help)`
 * says what is the matter with it, and `busy()` whether something is being waited for.
 */
export function openSocket({ frames, opened, line, busy = () => false }) {
  const unsettled = new Map(); // client_id -> frame: sent again after a break, harmless twice
  const waiting = []; // asked for while there was no line
  let kind = sessionStorage.getItem(KEY) === "events" ? "events" : "websocket";
  let current, trial, tries = 0, beat, death, again, pause = AGAIN[0], ended = false;

  /** A line over one carrier; `current` is in use, `trial` a WebSocket beside the events that must show that it works. */
  function launch(over) {
    const self = { over, spoke: false };
    self.carrier = (over === "events" ? overEvents : overWebSocket)({
      ready() {
        self.carrier.put(PING); // a line that is open but swallows everything answers nothing
        if (self === current) opened();
      },
      heard(text) {
        if (self === trial) change(self);
        if (self !== current) return;
        if (!self.spoke) works(self);
        live();
        const frame = JSON.parse(text);
        if (frame.type === "expired") return expire();
        frames[frame.type]?.(frame);
      },
      gone: (code) => lost(self, code),
      alive: live,
      unsent: (text) => hold(JSON.parse(text)),
    });
    return self;
  }

  function connect() {
    clearTimeout(beat);
    clearTimeout(death);
    if (ended) return;
    current = launch(kind);
    death = setTimeout(drop, FIRST);
  }

  function works(self) {
    self.spoke = true;
    tries = 0;
    kind = self.over;
    sessionStorage.setItem(KEY, kind);
    line("");
    for (const frame of unsettled.values()) put(frame);
    for (const frame of waiting.splice(0)) put(frame);
    clearTimeout(again);
    if (kind === "events") again = setTimeout(tryWebSocket, pause);
    else pause = AGAIN[0];
  }

  function tryWebSocket() {
    if (kind !== "events" || ended || document.hidden || !navigator.onLine) return (again = setTimeout(tryWebSocket, pause));
    pause = Math.min(pause * 2, AGAIN[1]);
    const self = (trial = launch("websocket"));
    setTimeout(() => self === trial && (self.carrier.close(), lost(self, 0)), FIRST);
  }

  /** The WebSocket on trial works: it takes over. */
  function change(self) {
    current.carrier.close();
    [current, trial] = [self, null];
    opened();
  }

  function live() {
    clearTimeout(death);
    clearTimeout(beat);
    beat = setTimeout(look, BEAT);
  }

  /** Asks for a sign of life. */
  function look(patience = DEAD) {
    clearTimeout(death);
    death = setTimeout(drop, patience);
    current.carrier.put(PING);
  }

  function drop() {
    current.carrier.close();
    lost(current, 0);
  }

  function lost(self, code) {
    if (self === trial) {
      trial = null;
      again = setTimeout(tryWebSocket, pause);
    }
    if (self !== current || ended) return;
    clearTimeout(beat);
    clearTimeout(death);
    self.isGone = true;
    if (code === EXPIRED) return expire();
    tries += 1;
    if (!self.spoke) kind = kind === "events" ? "websocket" : "events"; // perhaps the other way gets through
    if (tries > 2) line(t("Reconnecting… The answer goes on on the server, and what you wrote is kept."), tries > 4);
    const rest = tries === 1 && !self.spoke ? 0 : Math.min(LONGEST, 300 * 2 ** Math.min(tries, 6));
    death = setTimeout(connect, rest * (0.75 + Math.random() / 2));
  }

  function expire() {
    ended = true;
    clearTimeout(beat);
    clearTimeout(death);
    current.carrier.close();
    frames.expired?.();
  }

  function put(frame) {
    return current.spoke && current.carrier.put(JSON.stringify(frame));
  }

  /** Keeps what must be said once there is a line; what a new line brings anyway is not kept. */
  function hold(frame) {
    if (!frame.client_id && !FLEETING.includes(frame.type)) waiting.push(frame);
  }

  /** Somebody is there again: either the line is alive, or another is opened at once. */
  function wake() {
    if (!ended) current.isGone ? connect() : look(DEAD / 3);
  }

  function sleep() {
    if (!document.hidden || kind !== "events" || busy() || ended) return;
    clearTimeout(beat);
    clearTimeout(death);
    current.carrier.close();
    current.isGone = true;
  }

  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  document.addEventListener("visibilitychange", () => (document.hidden ? setTimeout(sleep, ASLEEP) : wake()));
  let tick = Date.now();
  setInterval(() => { // a jump of the clock: this computer has slept
    const slept = Date.now() - tick > 15000 && !document.hidden;
    tick = Date.now();
    if (slept) wake();
  }, 5000);
  connect();

  return {
    /** Sends a frame now, or as soon as there is a line. */
    ask(frame) {
      if (frame.client_id) unsettled.set(frame.client_id, frame);
      if (FLEETING.includes(frame.type)) current.carrier.put(JSON.stringify(frame));
      else if (!put(frame)) hold(frame);
      if (ended) frames.expired?.(frame);
    },
    /** Notes that a frame of this page was dealt with; tells whether it was one. */
    settle: (id) => Boolean(id) && unsettled.delete(id),
    /** What was not confirmed is not sent again. */
    forget() {
      unsettled.clear();
      waiting.length = 0;
    },
    /** After signing in again: opens the line anew, and sends what waits. */
    reopen() {
      ended = false;
      tries = 0;
      connect();
    },
  };
}
