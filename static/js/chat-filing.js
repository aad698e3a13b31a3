// Where a chat lies: moving it into a folder, by menu or by dragging; its tags; and the folders themselves.
import { request } from "./api.js";
import { toast, undoable } from "./toast.js";
import { t } from "./words.js";

const CHAT = "application/x-thinkback-chat";
const FOLDER = "application/x-thinkback-folder";

/** What the menu of a chat can do with it; `tell(id, data)` changes one. */
export function startFiling({ root, list, find, tell, refresh, askName }) {
  const dialog = document.querySelector("[data-filing]");
  const menu = root.querySelector("[data-folder-menu]");
  const folder = (id) => list.querySelector(`[data-folder="${id}"]`);
  let chosen = null; // the folder whose menu was opened last
  let chat = null; // that the dialog is about

  async function open(id, what) {
    const answer = await fetch(`/chat/${id}/${what}`).catch(() => null);
    if (!answer?.ok) return toast(t("This did not open. Try again."), "bad");
    chat = id;
    dialog.innerHTML = await answer.text();
    dialog.showModal();
    (dialog.querySelector("input:checked") ?? dialog.querySelector("input")).focus();
  }

  dialog.addEventListener("click", (event) => event.target.closest("[data-cancel]") && dialog.close());
  dialog.addEventListener("close", () => (find(chat) ?? root).querySelector("[popovertarget]")?.focus());
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const fresh = form.get("new").trim();
    try {
      await tell(chat, form.has("folder") ? { folder: await place(form.get("folder"), fresh) } : { tags: [...form.getAll("tag"), ...fresh.split(",")] });
      dialog.close();
    } catch (error) {
      dialog.querySelector("[data-error]").textContent = error.message;
    }
  });

  const place = async (id, fresh) => (fresh ? (await request("POST", "/api/folders", { name: fresh })).id : Number(id) || null);

  list.addEventListener("click", (event) => {
    const more = event.target.closest("[popovertarget=folder-menu]");
    if (more) chosen = more.closest("[data-folder]").dataset.folder;
  });

  const move = (id, position) => attempt("PATCH", `/api/folders/${id}`, { position: Math.max(0, position) });
  const acts = {
    rename: () => askName(t("Rename folder"), () => folder(chosen), (name) => attempt("PATCH", `/api/folders/${chosen}`, { name })),
    up: () => move(chosen, index(chosen) - 1),
    down: () => move(chosen, index(chosen) + 1),
    delete: () => remove(chosen),
  };
  const index = (id) => [...list.querySelectorAll("[data-folder]")].indexOf(folder(id));
  menu.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    menu.hidePopover();
    await acts[button.dataset.act]();
    if (button.dataset.act !== "rename") folder(chosen)?.querySelector(":scope > [popovertarget]").focus();
  });

  /** The chats stay, outside of it; the way back makes it anew, and puts them in. */
  async function remove(id) {
    const name = folder(id).dataset.name;
    const position = index(id);
    const ids = [];
    for (let next = ""; next !== null; ) {
      const page = await request("GET", `/api/chats?folder=${id}&limit=500${next && `&cursor=${next}`}`);
      ids.push(...page.results.map((each) => each.id));
      next = page.next;
    }
    if (!(await attempt("DELETE", `/api/folders/${id}`))) return;
    await refresh();
    list.querySelector("a, summary")?.focus();
    undoable(t("Deleted the folder “{name}”. Its chats stay.", { name }), async () => {
      const made = await request("POST", "/api/folders", { name });
      await move(made.id, position);
      while (ids.length) await request("POST", "/api/chats/batch", { ids: ids.splice(0, 500), folder: made.id });
    });
  }

  async function attempt(...question) {
    try {
      await request(...question);
      return true;
    } catch (error) {
      toast(error.message, "bad");
      return false;
    }
  }

  list.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("[data-chat]");
    const held = row ?? event.target.closest?.("[data-folder]");
    if (!held) return;
    event.dataTransfer.setData(row ? CHAT : FOLDER, row ? row.dataset.chat : held.dataset.folder);
    event.dataTransfer.effectAllowed = "move";
  });
  const target = (event) => event.target.closest?.(event.dataTransfer.types.includes(CHAT) ? "[data-folder], [data-pinned-chats], [data-day]" : "[data-folder]");
  list.addEventListener("dragover", (event) => {
    const over = target(event);
    mark(over);
    if (over) event.preventDefault();
  });
  list.addEventListener("dragleave", (event) => list.contains(event.relatedTarget) || mark(null));
  list.addEventListener("dragend", () => mark(null));
  list.addEventListener("drop", (event) => {
    const over = target(event);
    mark(null);
    if (!over) return;
    event.preventDefault();
    const id = event.dataTransfer.getData(CHAT);
    if (!id) return move(event.dataTransfer.getData(FOLDER), index(over.dataset.folder));
    if (over.dataset.folder) tell(id, { folder: Number(over.dataset.folder), pinned: false });
    else tell(id, "pinnedChats" in over.dataset ? { pinned: true } : { folder: null, pinned: false });
  });
  function mark(over) {
    list.querySelectorAll(".is-target").forEach((each) => each === over || each.classList.remove("is-target"));
    over?.classList.add("is-target");
  }

  return { move: (id) => open(id, "folder"), tags: (id) => open(id, "tags") };
}
