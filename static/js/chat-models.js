// The list of the model picker: fetched when it is first opened, filtered while one types, and drawn only in part.
import { request } from "./api.js";
import { startPrices } from "./chat-prices.js";
import { counted, t } from "./words.js";

const MOST = 100; // rows; words find the others
const OLD = 60_000; // milliseconds after which what is shown is fetched anew behind it
const ALIASES = "@";

/** `take(model, beside)` hears of a choice, `isAdded(model)` tells those asked together, `say(text)` tells the reader. */
export function startModels(menu, { chosen, isAdded, say, take }) {
  const search = menu.querySelector("[data-picker-search]");
  const box = menu.querySelector("[data-picker-list]");
  const blank = menu.querySelector("[data-picker-row]").content.firstElementChild;
  const none = menu.querySelector("[data-picker-none]");
  const again = menu.querySelector("[data-picker-again]");
  const prices = startPrices();
  const name = ({ slug, model }) => `${slug}/${model}`;
  const isChosen = (model) => name(model) === name(chosen());
  let sections = [];
  let rows = []; // {row, model}, as they are drawn
  let active = null; // one of them
  let ready = null, fetched = 0, told = "";

  /** Fetches what there is; draws it when it is not what is drawn. */
  function load() {
    fetched = Date.now();
    const loading = request("GET", "/api/chats/models").then(({ results }) => {
      const now = JSON.stringify(results);
      if (now === told) return;
      told = now;
      sections = results.map((section) => ({ ...section, models: section.models.map(searchable) }));
      draw();
    });
    ready ??= loading;
    loading.catch((error) => {
      [fetched, ready] = [0, told ? ready : null];
      if (!told) unreachable(error);
    });
    return ready;
  }

  function unreachable(error) {
    none.textContent = error.message;
    none.hidden = again.hidden = false;
  }

  const searchable = (model) => ({ ...model, text: `${model.label} ${model.model} ${model.name}`.toLowerCase() });

  function draw() {
    if (!told) return;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = found(words);
    const was = active && name(active.model);
    rows = [];
    box.replaceChildren(...hits.map(group));
    none.textContent = t("No model has this name.");
    none.hidden = rows.length > 0 || !words.length;
    again.hidden = true;
    for (const hint of menu.querySelectorAll("[data-section]")) hint.hidden = words.length > 0;
    activate(rows.find(({ model }) => name(model) === was) ?? rows[0]);
    mark();
    show();
  }

  /** What fits the words, by section: each has room for a fair part of the rows, and what others leave. */
  function found(words) {
    const hits = sections.map((section) => ({ ...section, models: section.models.filter(({ text }) => words.every((word) => text.includes(word))) }));
    const all = hits.filter(({ models }) => models.length);
    const fair = Math.floor(MOST / all.length);
    let spare = MOST - all.reduce((sum, { models }) => sum + Math.min(models.length, fair), 0);
    for (const section of all) {
      const most = Math.min(section.models.length, fair + spare);
      spare -= Math.max(0, most - fair);
      section.more = section.models.length - most;
      section.models = section.models.slice(0, most);
    }
    return words.length ? all : withChosen(all);
  }

  /** The chosen one is in sight, also where it stands far down. */
  function withChosen(all) {
    const one = sections.flatMap(({ models }) => models).find(isChosen);
    if (!one || all.some(({ models }) => models.includes(one))) return all;
    return [{ slug: "", name: t("Chosen now"), models: [one] }, ...all];
  }

  function group(section, index) {
    const made = document.createElement("div");
    made.setAttribute("role", "group");
    const head = part("p", "menu-head picker-head", section.name);
    head.id = `picker-head-${index}`;
    made.setAttribute("aria-labelledby", head.id);
    if (section.failing) head.append(" ", part("span", "badge warn", t("Failing")));
    made.append(head, ...section.models.map((model) => line(model, section)));
    if (section.more) made.append(part("p", "picker-more muted fine", counted(section.more, "1 more: type to narrow", "{count} more: type to narrow")));
    return made;
  }

  function line(model, section) {
    const row = blank.cloneNode(true);
    row.id = `picker-${rows.length}`;
    Object.assign(row.dataset, { slug: model.slug, model: model.model });
    row.querySelector("[data-label]").textContent = model.label;
    row.querySelector("[data-from]").textContent = section.slug === model.slug ? "" : model.name;
    row.querySelector("[data-note]").textContent = model.note;
    row.querySelector("[data-star]").hidden = !model.own;
    row.setAttribute("aria-selected", String(isChosen(model)));
    rows.push({ row, model });
    return row;
  }

  function mark() {
    for (const { row, model } of rows) {
      row.classList.toggle("is-added", isAdded(model));
      row.classList.toggle("is-favourite", model.favourite);
      row.querySelector("[data-said]").textContent = (isAdded(model) ? t(", asked too") : "") + (model.favourite ? t(", favourite") : "");
    }
  }

  /** Prices come when they are known, of what is drawn. */
  function show() {
    const asked = rows.filter(({ model }) => model.slug !== ALIASES);
    prices.of(asked.map(({ model }) => name(model)), (text) => {
      for (const { row, model } of asked) row.querySelector("[data-price]").textContent = text(name(model));
    });
  }

  function activate(next, block = "nearest") {
    active?.row.classList.remove("is-active");
    active = next ?? null;
    active?.row.classList.add("is-active");
    active?.row.scrollIntoView({ block });
    if (active) search.setAttribute("aria-activedescendant", active.row.id);
    else search.removeAttribute("aria-activedescendant");
  }

  /** A star more or less; the list keeps its order until it is opened again. */
  async function like(model) {
    if (!model.own) return;
    const favourite = !model.favourite;
    const url = `/api/providers/${encodeURIComponent(model.slug)}`;
    try {
      const { favourite_models: others } = await request("GET", url);
      const rest = others.filter((id) => id !== model.model);
      await request("PATCH", url, { favourite_models: favourite ? [...rest, model.model] : rest });
    } catch (error) {
      return say(error.message);
    }
    for (const each of sections.flatMap(({ models }) => models)) if (name(each) === name(model)) each.favourite = favourite;
    fetched = 0;
    mark();
    say(favourite ? t("{model} is a favourite now.", { model: model.label }) : t("{model} is no favourite any more.", { model: model.label }));
  }

  search.addEventListener("input", () => {
    active = null; // other words, another best one
    draw();
    box.scrollTop = 0;
  });
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !rows.length) return;
    event.preventDefault();
    activate(rows[(rows.indexOf(active) + step + rows.length) % rows.length]);
  });
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    const hit = rows.find((each) => each.row === row);
    if (!hit) return;
    if (!event.target.closest("[data-star]")) return take(hit.model, Boolean(event.target.closest("[data-picker-add]")));
    like(hit.model);
    search.focus();
  });
  again.addEventListener("click", () => {
    search.focus();
    load();
  });

  return {
    /** The list was opened: it begins at the chosen one. */
    opened() {
      if (!told || Date.now() - fetched > OLD) load();
      if (!told) return ready.then(() => this.begin());
      draw();
      this.begin();
    },
    begin: () => search.value || activate(rows.find(({ model }) => isChosen(model)) ?? rows[0], "center"),
    /** Enter takes the active one, with Shift beside the chosen one; with Alt it gets a star, or loses it. */
    async enter({ shiftKey, altKey }) {
      if (!told) await (ready ?? load());
      if (!active || !menu.matches(":popover-open")) return;
      if (altKey) like(active.model);
      else take(active.model, shiftKey);
    },
    /** Every model, once. */
    async all() {
      await (ready ?? load());
      const once = new Map(sections.flatMap(({ models }) => models).map((model) => [name(model), model]));
      return [...once.values()];
    },
    mark,
  };
}

function part(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
