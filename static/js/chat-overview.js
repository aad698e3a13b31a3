// All chats, many at a time: choose with boxes (Shift takes those between), then move, archive, delete or restore.
import { request } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { toast, undoable } from "./toast.js";
import { counted, t } from "./words.js";

const AT_ONCE = 500;
const form = document.querySelector("[data-overview]");
const boxes = () => [...form.querySelectorAll("[data-row] input")];
const chosen = () => boxes().filter((box) => box.checked).map((box) => box.value);
const batch = (data) => request("POST", "/api/chats/batch", data);
let last = null; // the box that was clicked before

if (form) {
  form.querySelector("[data-all]").addEventListener("change", (event) => {
    boxes().forEach((box) => (box.checked = event.target.checked));
    show();
  });
  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-row] input");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last?.isConnected) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
    }
    last = box;
    show();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) act(JSON.parse(button.dataset.do), button.dataset.said, JSON.parse(button.dataset.back));
    if (event.target.closest("[data-forever]")) forever();
  });
  form.querySelector("[data-move]")?.addEventListener("change", async (event) => {
    await attempt(() => batch({ ids: chosen(), folder: Number(event.target.value) || null }));
    location.reload();
  });
  show();
}

document.querySelector("[data-empty-trash]")?.addEventListener("click", async () => {
  const text = t("Everything in the trash is removed for good. Nobody can bring it back.");
  if (!(await confirmDialog({ title: t("Empty the trash?"), text, action: t("Empty the trash"), kind: "danger" }))) return;
  if (await attempt(() => request("DELETE", "/api/chats/trash"))) location.reload();
});

document.querySelector("[data-delete-all]")?.addEventListener("click", async ({ currentTarget }) => {
  const typed = currentTarget.dataset.deleteAll; // one press too many wipes nothing
  const text = t("Every chat of the list and the archive goes to the trash, from where it can be brought back.");
  if (!(await confirmDialog({ title: t("Delete all chats?"), text, action: t("Delete all chats"), kind: "danger", typed }))) return;
  if (await attempt(() => batch({ all: true, trashed: true }))) location.assign("/chats/trash");
});

/** Does it with the chosen ones, and offers the way back. */
async function act(data, said, back) {
  const ids = chosen();
  if (!(await attempt(() => batch({ ids, ...data })))) return;
  leave(ids);
  undoable(said.replace("{count}", ids.length), async () => {
    if (await attempt(() => batch({ ids, ...back }))) location.reload();
  });
}

async function forever() {
  const ids = chosen();
  const title = counted(ids.length, "Delete {count} chat for good?", "Delete {count} chats for good?");
  if (!(await confirmDialog({ title, text: t("Nobody can bring it back."), action: t("Delete for good"), kind: "danger" }))) return;
  for (const id of ids) if (await attempt(() => request("DELETE", `/api/chats/${id}?forever=1`))) leave([id]);
}

/** Rows go; the focus stays in the list. */
function leave(ids) {
  ids.forEach((id) => form.querySelector(`[data-row="${CSS.escape(id)}"]`)?.remove());
  form.querySelector("[data-all]").checked = false;
  show();
  (boxes()[0] ?? document.querySelector(".tabs [aria-current]")).focus();
}

function show() {
  const count = chosen().length;
  form.querySelector("[data-chosen]").textContent = count ? counted(count, "{count} chosen", "{count} chosen") : "";
  form.querySelectorAll(".overview-bar :is(button, select)").forEach((each) => (each.disabled = !count));
}

async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message, "bad");
    return false;
  }
}
