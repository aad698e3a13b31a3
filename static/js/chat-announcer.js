// The one voice for screen readers: short states, one at a time. The thread itself is silent while it grows.
import { counted, t } from "./words.js";

const status = document.querySelector("[data-announcer]");
const alert = document.querySelector("[data-alarm]");
const GAP = 400; // milliseconds between two announcements
const CLEAR = 1500;
const STILL = 7000; // between two signs that an answer goes on
let waiting = null; // only the newest: what was overtaken need not be said
let busy = false;
let silence;

/** `mode` is what is told of an answer: nothing ("off"), that it began and ended ("finish"), or all its words too ("full"). */
export function startAnnouncer(mode) {
  let still;
  const quiet = mode === "off";

  return {
    /** An answer began. */
    began(model) {
      if (quiet) return;
      announce(t("{model} is answering", { model }));
      clearInterval(still);
      still = setInterval(() => announce(t("Still answering")), STILL);
    },
    /** It ended: well, or waiting for an approval, or in an error, of which one is told in any case. `beside` is whose it is among several, of which `more` are to come. */
    ended({ status, words, asks, answer, beside, more }) {
      if (!more) clearInterval(still);
      const whose = beside ? `${beside}: ` : "";
      if (status === "waiting") return alarm(t("{tool} needs your approval. Allow or deny it above.", { tool: asks }));
      if (status === "error") return alarm(whose + t("The answer failed. What to do stands below it."));
      if (quiet) return;
      const done = status === "done";
      const end = done ? counted(words, "Answer finished, {count} word", "Answer finished, {count} words") : t("Answer stopped");
      announce(whose + (mode === "full" && done && !beside ? `${end}. ${answer}` : end));
    },
  };
}

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
