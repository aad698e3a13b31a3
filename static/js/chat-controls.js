// The panel with the chat's system prompt and settings: read, checked and saved at once; of a new chat, kept until it begins.
import { request } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { counted, language, t } from "./words.js";

const NEW = "thinkback-new-controls"; // in this tab's storage
const SOON = 700; // milliseconds after the last key in which a text is saved
const WIDE = matchMedia("(min-width: 1024px)");

/** `unsaved()` goes with a message; `adopt()` after the page became a chat's; `values()` and `fill()` are for presets. */
export function startControls(root, { conversation, changed = () => {} }) {
  const panel = root.querySelector("[data-controls]");
  const button = root.querySelector("[data-controls-open]");
  const saved = panel.querySelector("[data-controls-saved]");
  const fields = [...panel.querySelectorAll("[data-setting]")];
  const dirty = new Map(); // name -> value, as long as the server does not have it
  let later, fading, saving = Promise.resolve();

  // --- open and close

  function open() {
    if (WIDE.matches) panel.show();
    else panel.showModal();
    button.setAttribute("aria-expanded", "true");
    panel.querySelector("[data-setting]").focus();
  }

  function close() {
    panel.close();
    button.focus();
  }

  button.addEventListener("click", () => (panel.open ? close() : open()));
  panel.querySelector("[data-controls-close]").addEventListener("click", close);
  panel.addEventListener("close", () => button.setAttribute("aria-expanded", "false"));
  panel.addEventListener("click", (event) => event.target === panel && panel.matches(":modal") && close()); // beside it
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || panel.matches(":modal")) return;
    event.preventDefault();
    close();
  });
  WIDE.addEventListener("change", () => {
    if (!panel.open) return;
    panel.close();
    open();
  });

  // --- reading fields

  /** The value of a field, null for the provider's own; throws what is wrong with it. */
  function read({ dataset: { kind, low, high, step }, value, checked }) {
    const text = value.trim();
    if (kind === "switch") return checked || null;
    if (kind === "text") return text;
    if (!text) return null;
    if (kind === "list") return value.split("\n").filter((line) => line.length);
    if (kind === "choice") return text;
    const number = Number(text.replace(",", "."));
    const fits = number >= Number(low) && number <= Number(high);
    if (!fits || (step !== "any" && !Number.isInteger(number))) throw new Error(span(step, low, high));
    return number;
  }

  function span(step, low, high) {
    const values = { low, high: Number(high).toLocaleString(language) };
    if (step === "any") return t("Enter a number from {low} to {high}, or leave it empty.", values);
    return t("Enter a whole number from {low} to {high}, or leave it empty.", values);
  }

  function complain(field, text) {
    const line = field.closest(".field").querySelector("[data-setting-error]");
    if (!line) return text && say(text);
    line.textContent = text;
    line.hidden = !text;
    line.id = `${field.id}-error`;
    field.toggleAttribute("aria-invalid", Boolean(text));
    if (text) field.setAttribute("aria-invalid", "true");
    const help = `${field.id}-help`;
    field.setAttribute("aria-describedby", text ? `${help} ${line.id}` : help);
  }

  function take(field) {
    try {
      dirty.set(field.dataset.setting, read(field));
      complain(field, "");
    } catch (error) {
      return complain(field, error.message);
    }
    show();
    save();
  }

  // --- saving

  function save(options) {
    saving = store(options);
    return saving;
  }

  async function store(options) {
    clearTimeout(later);
    if (!dirty.size) return;
    const id = conversation();
    if (!id) return keep();
    const sent = new Map(dirty);
    try {
      await request("PATCH", `/api/chats/${id}`, frame(sent), options);
    } catch (error) {
      const field = fields.find((each) => each.dataset.setting === error.field);
      if (!field) return say(t("Not saved yet: {problem}", { problem: error.message }));
      dirty.delete(error.field);
      return complain(field, error.message);
    }
    for (const [name, value] of sent) if (dirty.get(name) === value) dirty.delete(name);
    say(t("Saved"));
    changed();
  }

  function frame(values) {
    const { system, ...parameters } = Object.fromEntries(values);
    return { ...(system === undefined ? {} : { system }), parameters };
  }

  function keep() {
    try {
      sessionStorage.setItem(NEW, JSON.stringify(values()));
    } catch {
      // then it lasts as long as the page
    }
    say(t("Kept for this chat"));
    changed();
  }

  function say(text) {
    clearTimeout(fading);
    saved.textContent = text;
    fading = setTimeout(() => (saved.textContent = ""), 3000);
  }

  // --- showing

  function put(field, value) {
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = Array.isArray(value) ? value.join("\n") : (value ?? "");
    complain(field, "");
  }

  function show() {
    const { system, parameters } = values();
    button.classList.toggle("is-set", Boolean(system) || Object.keys(parameters).length > 0);
    const count = [...system].length;
    panel.querySelector("[data-system-count]").textContent = count ? counted(count, "1 character", "{count} characters", { count: count.toLocaleString(language) }) : "";
  }

  function values() {
    const parameters = {};
    for (const field of fields) {
      if (field.dataset.setting === "system") continue;
      try {
        const value = read(field);
        if (value !== null) parameters[field.dataset.setting] = value;
      } catch {
        // what does not fit is not set
      }
    }
    return { system: fields[0].value.trim(), parameters };
  }

  /** Puts these values in the place of all there are. */
  function fill({ system = "", parameters = {} }) {
    for (const field of fields) {
      const name = field.dataset.setting;
      put(field, name === "system" ? system : parameters[name]);
      dirty.set(name, name === "system" ? system : (parameters[name] ?? null));
    }
    show();
    save();
  }

  panel.addEventListener("change", (event) => event.target.matches("[data-setting]") && take(event.target));
  panel.addEventListener("input", (event) => {
    if (!event.target.matches("textarea[data-setting]")) return;
    clearTimeout(later);
    later = setTimeout(() => take(event.target), SOON);
    show();
  });
  panel.querySelector("[data-controls-reset]").addEventListener("click", async () => {
    const text = t("The system prompt and all settings of this chat are emptied.");
    if (values().system && !(await confirmDialog({ title: t("Reset the controls?"), text, action: t("Reset"), kind: "danger" }))) return;
    fill({});
    panel.querySelector("[data-controls-preset]").value = ""; // it can be chosen again
    fields[0].focus();
  });
  addEventListener("pagehide", () => {
    if (document.activeElement.matches("textarea[data-setting]")) dirty.set(document.activeElement.dataset.setting, read(document.activeElement));
    save({ keepalive: true });
  });

  if (!conversation()) {
    const kept = JSON.parse(sessionStorage.getItem(NEW) ?? "null"); // else what the page begins with
    const { system, parameters } = kept ?? values();
    for (const field of fields) {
      const name = field.dataset.setting;
      const value = name === "system" ? system : (parameters[name] ?? null);
      if (kept) put(field, value);
      if (value !== null && value !== "") dirty.set(name, value);
    }
  }
  show();

  return {
    fill, values, open,
    set(name, value) {
      const field = fields.find((each) => each.dataset.setting === name);
      put(field, value);
      take(field);
    },
    /** Resolves when the server has everything. */
    saved: () => saving,
    /** What the server does not have yet, as a part of the frame that is sent. */
    unsaved: () => (dirty.size ? { controls: frame(dirty) } : {}),
    adopt() {
      sessionStorage.removeItem(NEW);
      save();
    },
    /** Names of the settings that the chosen model does not take. */
    mark(unused) {
      for (const row of panel.querySelectorAll("[data-row]")) {
        const is = unused.includes(row.dataset.row);
        row.classList.toggle("is-unused", is);
        row.querySelector("[data-unused]").hidden = !is;
      }
    },
  };
}
