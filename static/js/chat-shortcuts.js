// The keys of the page: each presses the element that its row in the dialog names. Rows come with the page, as chosen.
import { request } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const CODES = { Quote: "'", Semicolon: ";", Period: ".", Slash: "/", Comma: ",", Backquote: "`", Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Backslash: "\\" };

/** Makes the keys work, and the dialog that lists and changes them. */
export function startShortcuts() {
  const dialog = document.querySelector("[data-shortcuts]");
  const on = dialog.querySelector("[data-shortcuts-on]");
  const note = dialog.querySelector("[data-shortcuts-note]");
  const hint = note.textContent;
  const rows = [...dialog.querySelectorAll("[data-shortcut]")];
  let changing = null; // the row whose new keys are waited for

  document.addEventListener("keydown", (event) => {
    if (changing) return take(event);
    if (!on.checked || event.repeat || event.isComposing) return;
    const pressed = spellings(event);
    const row = rows.find((each) => each.dataset.keys && pressed.includes(each.dataset.keys));
    if (!row || document.querySelector("dialog:modal")) return; // the page is long: not looked through for every letter
    const target = [...document.querySelectorAll(row.dataset.presses)].at(-1);
    if (!target) return;
    event.preventDefault();
    if (target.matches("textarea, input")) target.focus();
    else target.click();
  }, true);

  document.querySelector("[data-shortcuts-open]")?.addEventListener("click", () => {
    dialog.showModal();
    on.focus();
  });
  dialog.querySelector("[data-shortcuts-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => wait(null));
  on.addEventListener("change", () => save({ shortcuts_on: on.checked }));
  dialog.querySelector("[data-shortcuts-reset]").addEventListener("click", () => {
    rows.forEach((row) => show(row, row.dataset.default));
    keep();
  });
  for (const row of rows) {
    row.querySelector("[data-shortcut-change]").addEventListener("click", () => wait(changing === row ? null : row));
    row.querySelector("[data-shortcut-change]").addEventListener("blur", () => changing === row && wait(null));
    tell(row);
  }

  function wait(row) {
    changing?.classList.remove("is-waiting");
    changing = row;
    row?.classList.add("is-waiting");
    note.textContent = row ? t("Press the new keys for “{name}”. Escape leaves it.", { name: label(row) }) : hint;
  }

  function take(event) {
    if (["Control", "Shift", "Alt", "Meta", "Tab"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const row = changing;
    if (event.key === "Escape" && !event.shiftKey) return wait(null);
    if (event.key === "Backspace") return set(row, "");
    const [keys] = spellings(event);
    const other = rows.find((each) => each !== row && each.dataset.keys === keys);
    if (!/^(Ctrl|Alt)\+|^Shift\+(Escape|F\d)/.test(keys)) note.textContent = t("Use Ctrl or Alt with another key.");
    else if (other) note.textContent = t("{keys} is “{name}” already.", { keys, name: label(other) });
    else set(row, keys);
  }

  function set(row, keys) {
    show(row, keys);
    wait(null);
    keep();
  }

  function show(row, keys) {
    row.dataset.keys = keys;
    row.querySelector("kbd").textContent = keys || "—";
    tell(row);
  }

  /** Tells the keys where the element itself stands. */
  function tell(row) {
    const target = document.querySelector(row.dataset.presses);
    const keys = row.dataset.keys.replace("Ctrl", "Control");
    if (target && keys) target.setAttribute("aria-keyshortcuts", keys);
    else target?.removeAttribute("aria-keyshortcuts");
  }

  function keep() {
    const changed = rows.filter((row) => row.dataset.keys !== row.dataset.default);
    save({ shortcuts: Object.fromEntries(changed.map((row) => [row.dataset.shortcut, row.dataset.keys])) });
  }
}

const label = (row) => row.querySelector("[data-shortcut-label]").textContent;

async function save(values) {
  try {
    await request("PATCH", "/api/preferences", values);
  } catch (error) {
    toast(error.message, "bad");
  }
}

/** The ways to write what was pressed: by the place of the key, and by its sign, for which Shift may be needed. */
function spellings(event) {
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  const place = /^(Key|Digit)(.)$/.exec(event.code)?.[2] ?? CODES[event.code] ?? event.key;
  const sign = event.key.length === 1 && !/[\p{L}\d]/u.test(event.key) ? [`${control}${alt}${event.key}`] : [];
  return [`${control}${alt}${shift}${place}`, ...sign];
}
