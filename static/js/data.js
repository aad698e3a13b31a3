// Imports: sends a file in pieces, shows how far its conversations have come, survives a reload.
import { request } from "./api.js";
import { counted, t } from "./words.js";

const PIECE = 8 * 1024 * 1024; // bytes
const PAUSE = 600; // milliseconds between two looks at an import
const find = (name) => document.querySelector(`[data-${name}]`);
const sending = find("sending");
const drop = find("drop");
const field = find("file");
const refused = find("refused");
const said = find("said");
const watched = new Set(); // ids of imports
let leaving = null; // the AbortController of what is being sent

field.addEventListener("change", () => field.files[0] && send(field.files[0]));
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("is-over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
  });
}
find("sending-stop").addEventListener("click", () => leaving?.abort());

/** Sends a file piece by piece; with the last one the server begins. */
async function send(file) {
  if (leaving) return;
  leaving = new AbortController();
  const { signal } = leaving;
  show(file, 0);
  let made = null;
  let whole = false;
  try {
    const start = `/api/import?name=${encodeURIComponent(file.name)}&size=${file.size}`;
    made = await request("POST", start, file.slice(0, PIECE), { signal });
    while (made.received < made.size) {
      show(file, made.received);
      const piece = file.slice(made.received, made.received + PIECE);
      made = await request("PATCH", `/api/imports/${made.id}?offset=${made.received}`, piece, { signal });
    }
    whole = true;
    said.textContent = t("{name} was sent. Its conversations are being imported.", { name: file.name });
  } catch (error) {
    if (made) await request("DELETE", `/api/imports/${made.id}`).catch(() => {});
    refuse(error.name === "AbortError" ? "" : error.message);
  }
  leaving = null;
  field.value = "";
  sending.hidden = true;
  drop.hidden = false;
  await renew();
  if (whole) watch(made.id);
  follow();
}

function show(file, received) {
  refuse("");
  sending.hidden = false;
  drop.hidden = true;
  find("sending-name").textContent = file.name;
  find("sending-part").textContent = `${Math.round((100 * received) / (file.size || 1))} %`;
  find("sending-bar").value = received / (file.size || 1);
}

function refuse(message) {
  refused.hidden = !message;
  refused.textContent = message;
}

/** The list of imports anew, as the server draws it. */
async function renew() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.closest("[data-import]")?.dataset.import;
  find("imports").replaceChildren(...page.querySelectorAll("[data-import]"));
  for (const id of ["export", "delete", "trash-all"]) document.getElementById(id).replaceWith(page.getElementById(id));
  if (focused) document.querySelector(`[data-import="${focused}"] :is(a, button)`)?.focus();
}

/** Looks at the imports that are open. */
function follow() {
  for (const row of document.querySelectorAll("[data-import][data-open]")) watch(row.dataset.import);
}

/** Looks at one until it is over, and says how it went. */
async function watch(id) {
  if (watched.has(id)) return;
  watched.add(id);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    const found = await request("GET", `/api/imports/${id}`).catch((error) => (error.status === 404 ? { state: "gone" } : null));
    if (!found) continue; // not reached just now
    const row = document.querySelector(`[data-import="${id}"]`);
    const done = found.imported + found.updated + found.skipped + found.failed;
    if (["waiting", "running"].includes(found.state)) {
      row?.querySelector("[data-bar]")?.setAttribute("value", found.progress);
      if (row) row.querySelector("[data-counts]").textContent = counted(done, "{count} conversation so far", "{count} conversations so far");
      continue;
    }
    await renew();
    follow();
    if (found.name) said.textContent = t("{name} is imported: {imported} new, {updated} updated, {skipped} skipped, {failed} failed.", found);
    return;
  }
}

follow();
