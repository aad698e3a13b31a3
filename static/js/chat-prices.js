// What models cost, by the price list: asked for a few at a time, and once.
import { request } from "./api.js";

const AT_ONCE = 40;
const SOON = 120; // milliseconds in which several wishes become one
const AGAIN = 1000; // milliseconds after which the list is asked again about what it had not answered
const TRIES = 6;

/** `of(names, show)` has `show(text)` called when more is known: `text(name)` is "" until then. */
export function startPrices() {
  const known = new Map();
  const tries = new Map();
  const text = (name) => known.get(name) ?? "";
  let timer = 0;

  async function ask(names, show) {
    const unknown = names.filter((name) => !known.has(name) && (tries.get(name) ?? 0) < TRIES);
    for (let at = 0; at < unknown.length; at += AT_ONCE) {
      const part = unknown.slice(at, at + AT_ONCE);
      for (const name of part) tries.set(name, (tries.get(name) ?? 0) + 1);
      const query = part.map((name) => `model=${encodeURIComponent(name)}`).join("&");
      const answer = await request("GET", `/api/chats/models/prices?${query}`).catch(() => ({ results: [] }));
      for (const each of answer.results) known.set(`${each.slug}/${each.model}`, each.text);
      show(text);
    }
    if (unknown.some((name) => !known.has(name))) later(names, show, AGAIN);
  }

  function later(names, show, pause) {
    clearTimeout(timer); // what is asked for now is what is shown now
    timer = setTimeout(() => ask(names, show), pause);
  }

  return {
    of(names, show) {
      show(text);
      later(names, show, SOON);
    },
  };
}
