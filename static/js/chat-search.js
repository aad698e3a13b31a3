// The dialog of Ctrl+K: finds chats and messages while one types, and leads to them, and to the other pages.
// Asked for when it is first opened: it is no part of what the page needs to begin.
import { request } from "./api.js";
import { counted, t } from "./words.js";

const PAUSE = 120; // milliseconds without a key before it is asked

/** `conversation()` is the chat that the page shows, `reveal(id)` brings one of its messages into sight. Returns what begins a search. */
export function startSearch({ conversation, reveal }) {
  const dialog = document.querySelector("[data-search]");
  const field = dialog.querySelector("[data-search-text]");
  const said = dialog.querySelector("[data-search-said]");
  const places = [...dialog.querySelectorAll("[data-places] [role=option]")];
  const groups = { chats: dialog.querySelector('[data-found="chats"]'), messages: dialog.querySelector('[data-found="messages"]') };
  const shown = () => [...dialog.querySelectorAll("[role=option]:not([hidden])")].filter((each) => !each.parentElement.hidden);
  let active = null;
  let waiting = 0;
  let asking = null; // the question under way: an older answer never covers a newer one

  dialog.querySelector("[data-search-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
    const option = event.target.closest("[role=option]");
    if (option) open(option);
  });
  field.addEventListener("input", () => {
    activate(null); // other words, another best answer
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const list = shown();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.length) {
      event.preventDefault();
      activate(list[(list.indexOf(active) + step + list.length) % list.length]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (active) open(active);
      else takeFirst();
    }
  });

  /** Of what is still being looked for, unless other words come meanwhile. */
  async function takeFirst() {
    await ask();
    if (active && dialog.open) open(active);
  }

  async function ask() {
    clearTimeout(waiting);
    const text = field.value.trim();
    asking?.abort();
    asking = new AbortController();
    const low = text.toLowerCase();
    places.forEach((each) => (each.hidden = !each.textContent.toLowerCase().includes(low)));
    places[0].parentElement.hidden = places.every((each) => each.hidden);
    try {
      const empty = { chats: [], messages: [] };
      draw(text ? await request("GET", `/api/search?q=${encodeURIComponent(text)}`, undefined, { signal: asking.signal }) : empty, text);
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = error.message;
    }
  }

  /** The choice stays where it was, if that is found again. */
  function draw(found, text) {
    const chosen = active?.isConnected && !active.hidden ? active.dataset.href : null;
    fill(groups.chats, found.chats.map((each) => option(`/chat/${each.id}`, each.snippet, "", each.id)));
    fill(groups.messages, found.messages.map((each) => option(`/chat/${each.chat}?message=${each.id}`, each.snippet, each.title, each.chat, each.id)));
    activate(shown().find((each) => each.dataset.href === chosen) ?? shown()[0]);
    const count = found.chats.length + found.messages.length;
    dialog.querySelector("[data-search-none]").hidden = Boolean(shown().length);
    said.textContent = text ? counted(count, "{count} result", "{count} results") : "";
  }

  function fill(group, options) {
    group.querySelectorAll("[role=option]").forEach((each) => each.remove());
    options.forEach((each, number) => (each.id = `${group.dataset.found}-${number}`));
    group.append(...options);
    group.hidden = !options.length;
  }

  function activate(next) {
    active?.setAttribute("aria-selected", "false");
    active = next ?? null;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
  }

  /** To a chat, at the message that was found: its branch is chosen before. */
  async function open({ dataset }) {
    if (dataset.message && dataset.chat === conversation() && reveal(dataset.message)) return dialog.close();
    if (dataset.message) await request("PATCH", `/api/chats/${dataset.chat}`, { leaf: dataset.message }).catch(() => {});
    location.assign(dataset.href);
  }

  return () => {
    activate(shown()[0]);
    ask();
  };
}

function option(href, pieces, title, chat, message) {
  const made = Object.assign(document.createElement("div"), { className: "search-option found" });
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", "false");
  Object.assign(made.dataset, { href, chat, ...(message && { message }) });
  if (title !== "") made.append(line("search-title", title || t("New chat")));
  made.append(line("search-snippet", ...pieces.map(({ text, hit }) => (hit ? line.mark(text) : text))));
  return made;
}

const line = (className, ...content) => {
  const made = Object.assign(document.createElement("span"), { className });
  made.append(...content);
  return made;
};
line.mark = (text) => Object.assign(document.createElement("mark"), { textContent: text });
