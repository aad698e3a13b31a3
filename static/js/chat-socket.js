// The line to the server: frames out and in, heartbeat, coming back after a break, sending again what was not confirmed.
const BEAT = 25000; // milliseconds between two signs of life
const DEAD = 12000; // without an answer to one
const LONGEST = 15000; // between two tries
const EXPIRED = 4401;

/** Opens the line. `frames` has a function for each type of frame; `opened` runs after each connect. */
export function openSocket({ frames, opened, line }) {
  const unsettled = new Map(); // client_id -> frame: sent again after a break, harmless twice
  const waiting = []; // asked for while there was no line
  let socket, tries = 0, beat, death, ended = false;

  function connect() {
    clearTimeout(beat);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ws/chat`);
    socket.onopen = () => {
      tries = 0;
      line("");
      live();
      opened();
      for (const frame of unsettled.values()) put(frame);
      for (const frame of waiting.splice(0)) put(frame);
    };
    socket.onmessage = (event) => {
      live();
      const frame = JSON.parse(event.data);
      frames[frame.type]?.(frame);
    };
    socket.onclose = (event) => lost(event.code);
  }

  function live() {
    clearTimeout(death);
    clearTimeout(beat);
    beat = setTimeout(() => {
      put({ type: "ping" });
      death = setTimeout(() => drop(), DEAD);
    }, BEAT);
  }

  function drop() {
    const old = socket;
    old.onclose = old.onmessage = null;
    old.close();
    lost(0);
  }

  function lost(code) {
    clearTimeout(beat);
    clearTimeout(death);
    if (code === EXPIRED) {
      ended = true;
      return line("You are signed out. Sign in again to go on; what you typed is kept.");
    }
    tries += 1;
    if (tries > 1) line("Reconnecting. What was written is kept.");
    setTimeout(connect, Math.min(LONGEST, 300 * 2 ** tries) * (0.75 + Math.random() / 2));
  }

  function put(frame) {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  addEventListener("online", () => socket.readyState === WebSocket.OPEN || drop());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && socket.readyState === WebSocket.OPEN) {
      put({ type: "ping" });
      clearTimeout(death);
      death = setTimeout(() => drop(), DEAD);
    }
  });
  connect();

  return {
    /** Sends a frame now, or as soon as there is a line. */
    ask(frame) {
      if (ended) return document.dispatchEvent(new CustomEvent("session-expired"));
      if (frame.client_id) unsettled.set(frame.client_id, frame);
      if (!put(frame) && !frame.client_id && frame.type !== "subscribe") waiting.push(frame);
    },
    /** Notes that a frame of this page was dealt with; tells whether it was one. */
    settle: (id) => Boolean(id) && unsettled.delete(id),
  };
}
