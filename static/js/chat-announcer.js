// The one voice for screen readers: short states, one at a time. The thread itself is silent while it grows.
const status = document.querySelector("[data-announcer]");
const alert = document.querySelector("[data-alarm]");
const GAP = 400; // milliseconds between two announcements
const CLEAR = 1500;
let waiting = null; // only the newest: what was overtaken need not be said
let busy = false;
let silence;

/** Says something when there is a pause. */
export function announce(text) {
  waiting = text;
  if (!busy) next();
}

/** Says at once that something failed. */
export function alarm(text) {
  waiting = null;
  alert.textContent = "";
  alert.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => (alert.textContent = ""), CLEAR * 2);
}

function next() {
  const text = waiting;
  waiting = null;
  busy = text !== null;
  if (!busy) return;
  status.textContent = text;
  setTimeout(() => (status.textContent = ""), CLEAR);
  setTimeout(next, CLEAR + GAP);
}
