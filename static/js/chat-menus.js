// What opens while one types: / at the start of a line for saved prompts and presets, @ for models. Undo takes back what was put in.
import { listed } from "./chat-presets.js";
import { t } from "./words.js";

const MOST = 8; // lines
const GAP = /\{\{[^{}\n]{1,60}\}\}/g;

/** `use(id)` takes a preset, `pick(model)` one of the `models()`; `commands()` tells whether the chosen model has slash commands of its own. */
export function startMenus(root, { use, pick, models, commands }) {
  const signs = [
    { sign: "/", pattern: /(?:^|\n)(\/[^\n]{0,40})$/, items: saved },
    { sign: "@", pattern: /(?:^|\s)(@\S{0,60})$/, items: async () => (await models()).map(({ label, name, slug, model }) => ({ name: label, note: name, slug, model })) },
  ];
  const field = root.querySelector("[data-composer-text]");
  const menu = root.querySelector("[data-composer-menu]");
  let at = null; // { start, items } while it is open
  let active = 0, dismissed = -1, asking = 0;

  async function look() {
    const before = field.value.slice(0, field.selectionStart);
    const found = field.selectionStart === field.selectionEnd && sought(before);
    const turn = ++asking;
    if (!found || found.start === dismissed) {
      if (!found) dismissed = -1;
      return close();
    }
    const items = fitting(await found.items().catch(() => []), found.query).slice(0, MOST);
    if (turn !== asking) return;
    if (!items.length) return close();
    at = { start: found.start, items };
    active = 0;
    draw();
  }

  function sought(before) {
    for (const { sign, pattern, items } of signs) {
      const match = before.match(pattern);
      if (match && !(sign === "/" && commands())) return { start: before.length - match[1].length, query: match[1].slice(1), items };
    }
    return null;
  }

  function draw() {
    menu.replaceChildren(...at.items.map((item, index) => {
      const row = document.createElement("div");
      Object.assign(row, { className: "menu-item picker-option", id: `composer-menu-${index}` });
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(index === active));
      const name = Object.assign(document.createElement("span"), { className: "picker-label", textContent: item.name });
      const note = Object.assign(document.createElement("span"), { className: "muted fine truncate", textContent: item.note });
      row.append(name, note);
      return row;
    }));
    field.setAttribute("aria-activedescendant", `composer-menu-${active}`);
    if (!menu.matches(":popover-open")) menu.showPopover({ source: field });
    menu.children[active].scrollIntoView({ block: "nearest" });
  }

  function close() {
    at = null;
    field.removeAttribute("aria-activedescendant");
    if (menu.matches(":popover-open")) menu.hidePopover();
  }

  function choose(item) {
    const { start } = at;
    close();
    field.focus();
    field.setSelectionRange(start, field.selectionEnd);
    // the only way that undo knows of
    if (item.text) document.execCommand("insertText", false, item.text);
    else document.execCommand("delete");
    if (item.text?.match(GAP)) {
      field.setSelectionRange(start, start);
      fillNext();
    }
    if (item.preset) use(item.preset);
    if (item.model) pick(item);
  }

  /** Selects the next {{gap}} of a saved prompt; tells whether there was one. */
  function fillNext() {
    const gaps = [...field.value.matchAll(GAP)];
    const next = gaps.find(({ index }) => index >= field.selectionEnd) ?? gaps[0];
    if (!next) return false;
    field.setSelectionRange(next.index, next.index + next[0].length);
    return true;
  }

  field.addEventListener("input", (event) => event.isComposing || look());
  field.addEventListener("compositionend", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (!at) {
      if (event.key === "Tab" && !event.shiftKey && fillNext()) event.preventDefault();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      active = (active + step + at.items.length) % at.items.length;
      draw();
    } else if (event.key === "Escape") {
      dismissed = at.start;
      close();
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      choose(at.items[active]);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  menu.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  menu.addEventListener("click", (event) => {
    const index = [...menu.children].indexOf(event.target.closest("[role=option]"));
    if (index >= 0) choose(at.items[index]);
  });
}

async function saved() {
  const [prompts, presets] = await Promise.all([listed("/api/prompts"), listed("/api/presets")]);
  return [
    ...prompts.map(({ name, text }) => ({ name, note: text.slice(0, 60), text })),
    ...presets.map(({ id, name, description }) => ({ name, note: description || t("Preset"), preset: id })),
  ];
}

function fitting(items, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(({ name, note, model }) => words.every((word) => `${name} ${model ? note : ""} ${model ?? ""}`.toLowerCase().includes(word)));
}
