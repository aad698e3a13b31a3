// The provider pages: recognises a pasted key, asks before deleting, adds rows, runs the test step by step.
import { confirmDialog } from "./dialog.js";
import { startTest } from "./providers-test.js";
import { t } from "./words.js";

const paste = document.querySelector("[data-paste-key]");
if (paste) recogniseKeys(paste);
for (const form of document.querySelectorAll("[data-test]")) startTest(form);
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-busy]")) event.target.querySelector("button").setAttribute("aria-busy", "true");
});
for (const rows of document.querySelectorAll("[data-rows]")) growRows(rows);
document.addEventListener("click", askFirst);
const old = document.querySelector("[data-old]");
if (old) fetch(old.dataset.old, { credentials: "same-origin" }).catch(() => null); // the server fetches behind our back

/** Says whose key it looks like while it is pasted; the server decides. */
function recogniseKeys(form) {
  const input = form.elements.namedItem("api_key");
  const help = form.querySelector(".help");
  const button = form.querySelector("button");
  const before = { help: help.textContent, button: button.textContent };
  input.addEventListener("input", () => {
    const match = longestMatch(input.value.trim());
    for (const tile of document.querySelectorAll(".kind")) tile.classList.toggle("is-match", tile === match);
    const label = match?.querySelector("strong").textContent;
    button.textContent = label ? t("Add {label}", { label }) : before.button;
    help.textContent = label ? t("This looks like a key of {label}.", { label }) : before.help;
  });
}

function longestMatch(key) {
  let best = { length: 0, tiles: [] };
  for (const tile of document.querySelectorAll(".kind")) {
    for (const prefix of tile.dataset.prefixes.split(" ").filter((one) => one && key.startsWith(one))) {
      if (prefix.length > best.length) best = { length: prefix.length, tiles: [tile] };
      else if (prefix.length === best.length) best.tiles.push(tile);
    }
  }
  return best.tiles.length === 1 ? best.tiles[0] : undefined;
}

/** A link to a page that asks becomes a dialog that asks. */
async function askFirst(event) {
  const link = event.target.closest("a[data-ask]");
  if (!link) return;
  event.preventDefault();
  const { ask: title, askText: text, askAction: action } = link.dataset;
  if (await confirmDialog({ title, text, action, kind: "danger" })) post(link.href);
  else link.focus();
}

function post(url) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, hidden: true });
  const token = document.createElement("input");
  Object.assign(token, { name: "csrfmiddlewaretoken", value: document.querySelector('meta[name="csrf-token"]').content });
  form.append(token);
  document.body.append(form);
  form.submit();
}

/** Keeps one empty row below the filled ones. */
function growRows(fieldset) {
  fieldset.addEventListener("input", () => {
    const rows = [...fieldset.querySelectorAll(".header-row")];
    const last = rows.at(-1);
    if (![...last.children].some((input) => input.value) || rows.length >= Number(fieldset.dataset.rows || Infinity)) return;
    const fresh = last.cloneNode(true);
    for (const input of fresh.children) {
      input.value = "";
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, rows.length + 1));
    }
    last.after(fresh);
  });
}
