// The list of chats: rename, delete with a way back, what changes elsewhere; a drawer on narrow screens.
import { request } from "./api.js";
import { entitle } from "./chat-title.js";
import { toast } from "./toast.js";

const WIDE = matchMedia("(min-width: 900px)");
const KEY = "thinkback-sidebar";
const LONGEST = 40; // characters of a title in a sentence
const DELETED = "thinkback-deleted"; // the chat that was just left because it was deleted

/** `current()` is the chat that the page shows. */
export function startSidebar(root, current) {
  const list = root.querySelector("[data-chats]");
  const menu = root.querySelector("[data-chat-menu]");
  const rename = document.querySelector("[data-rename]");
  const places = new Map(); // where deleted rows stood, for the way back
  let chosen = null; // the id of the chat whose menu is open
  const find = (id) => list.querySelector(`[data-chat="${CSS.escape(id)}"]`);
  const title = (row) => row.querySelector("[data-title]").textContent;

  function change(frame) {
    const old = find(frame.conversation);
    const template = document.createElement("template");
    template.innerHTML = frame.html;
    const row = template.content.firstElementChild;
    if (row && frame.conversation === current()) {
      row.querySelector("a").setAttribute("aria-current", "page");
      entitle(frame.title);
      root.querySelector("[data-chat-title]").textContent = frame.title;
    }
    const moves = row?.hasAttribute("data-busy") || !old;
    const focused = old?.contains(document.activeElement) ? document.activeElement.localName : null;
    if (old && row && !moves) old.replaceWith(row);
    else place(old, row, frame.conversation);
    if (row && focused) row.querySelector(focused)?.focus();
  }

  function place(old, row, id) {
    old?.remove();
    const stood = places.get(id);
    if (row && stood?.list.isConnected) stood.list.insertBefore(row, stood.next?.parentNode === stood.list ? stood.next : null);
    else if (row) today().prepend(row);
    if (row) places.delete(id);
    for (const group of list.querySelectorAll("[data-group]")) group.querySelector("li") || group.remove();
  }

  function today() {
    const group = list.querySelector('[data-group="Today"]');
    if (group) return group.querySelector("ul");
    const made = document.createElement("section");
    made.className = "chats-group";
    made.dataset.group = "Today";
    made.innerHTML = '<h2>Today</h2><ul role="list"></ul>';
    list.prepend(made);
    return made.querySelector("ul");
  }

  async function remove(id) {
    const row = find(id);
    const name = title(row);
    const rows = [...list.querySelectorAll("[data-chat]")];
    const beside = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    places.set(id, { list: row.parentElement, next: row.nextElementSibling });
    await tell("DELETE", id);
    find(id)?.remove();
    if (id === current()) {
      sessionStorage.setItem(DELETED, JSON.stringify({ id, name }));
      history.replaceState({}, "", "/");
      return location.assign("/");
    }
    (beside?.isConnected ? beside : root).querySelector("a").focus();
    offerBack(id, name);
  }

  function offerBack(id, name) {
    const short = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
    const note = toast(`Deleted “${short}”`, "good");
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: "Undo" });
    undo.addEventListener("click", async () => {
      await tell("PATCH", id, { trashed: false });
      note.remove();
      (find(id) ?? list).querySelector("a")?.focus();
    });
    note.querySelector("p").after(undo);
  }

  async function tell(method, id, data) {
    try {
      return await request(method, `/api/chats/${id}`, data);
    } catch (error) {
      toast(error.message, "bad");
      throw error;
    }
  }

  list.addEventListener("click", (event) => {
    const more = event.target.closest("[popovertarget]");
    if (more) chosen = more.closest("[data-chat]").dataset.chat;
    const older = event.target.closest("[data-older]");
    if (older) lengthen(older);
  });
  /** Puts older chats in; a group that was cut goes on, and the focus goes on with the first of them. */
  async function lengthen(button) {
    const last = button.previousElementSibling;
    button.disabled = true;
    const answer = await fetch(`/chat/older?before=${encodeURIComponent(button.dataset.older)}`).catch(() => null);
    button.disabled = false;
    if (!answer?.ok) return toast("The older chats did not come. Try again.", "bad");
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    const first = template.content.querySelector("[data-chat] a");
    const group = template.content.firstElementChild;
    if (group && group.dataset.group === last?.dataset.group) {
      last.querySelector("ul").append(...group.querySelectorAll("li"));
      group.remove();
    }
    button.replaceWith(template.content);
    first?.focus();
  }

  menu.querySelector("[data-chat-delete]").addEventListener("click", () => {
    menu.hidePopover();
    remove(chosen);
  });
  menu.querySelector("[data-chat-rename]").addEventListener("click", () => {
    menu.hidePopover();
    const field = rename.querySelector("input");
    field.value = title(find(chosen));
    rename.showModal();
    field.select();
  });
  rename.querySelector("[data-rename-cancel]").addEventListener("click", () => rename.close("no"));
  rename.addEventListener("close", () => {
    const name = rename.querySelector("input").value.trim();
    const row = find(chosen); // none when another page deleted it meanwhile
    if (row && rename.returnValue === "yes" && name && name !== title(row)) tell("PATCH", chosen, { title: name });
    row?.querySelector("[popovertarget]").focus();
    rename.returnValue = "";
  });

  const left = sessionStorage.getItem(DELETED);
  sessionStorage.removeItem(DELETED);
  if (left) offerBack(...Object.values(JSON.parse(left)));
  startDrawer(root);
  return { change };
}

function startDrawer(root) {
  const side = root.querySelector(".chat-sidebar");
  const main = root.querySelector(".chat-main");
  const toggle = root.querySelector("[data-sidebar-toggle]");

  function show(open) {
    root.dataset.sidebar = open ? "open" : "closed";
    toggle.setAttribute("aria-expanded", String(open));
    side.inert = !open;
    main.inert = open && !WIDE.matches;
    if (open && !WIDE.matches) side.querySelector("a, button").focus();
  }

  function close() {
    show(false);
    toggle.focus();
  }

  toggle.addEventListener("click", () => {
    const open = root.dataset.sidebar !== "open";
    if (WIDE.matches) localStorage.setItem(KEY, open ? "open" : "closed");
    show(open);
  });
  root.querySelectorAll("[data-sidebar-close]").forEach((each) => each.addEventListener("click", close));
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || WIDE.matches || document.querySelector(":popover-open")) return;
    event.preventDefault();
    close();
  });
  const fit = () => show(WIDE.matches && localStorage.getItem(KEY) !== "closed");
  WIDE.addEventListener("change", fit);
  fit();
}
