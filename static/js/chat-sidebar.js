// The list of chats: pinned, folders, by day. Kept in step with every other page; what is deleted has a way back.
import { request } from "./api.js";
import { startFiling } from "./chat-filing.js";
import { startSharing } from "./chat-share.js";
import { entitle } from "./chat-title.js";
import { toast, undoable } from "./toast.js";
import { t } from "./words.js";

const LONGEST = 40; // characters of a title in a sentence
const DELETED = "thinkback-deleted"; // the chat that was just left because it was deleted
const OPEN = "thinkback-folders"; // those that stand open
const SOON = 200; // milliseconds in which several changes become one

/** `current()` is the chat that the page shows. */
export function startSidebar(root, current) {
  const share = startSharing();
  const list = root.querySelector("[data-chats]");
  const menu = root.querySelector("[data-chat-menu]");
  const rename = document.querySelector("[data-rename]");
  const find = (id) => list.querySelector(`[data-chat="${CSS.escape(id)}"]`);
  const title = (row) => row.querySelector("[data-title]").textContent;
  const chosen = () => menu.dataset.chat; // whose menu was opened last
  const isSeen = (id) => id === current() && !document.hidden;
  let renamed = null; // {row, save}: what the dialog for names is about
  let waiting = 0;
  let back = null; // {holder, name}: what had the focus before the list was fetched anew

  /** One chat changed, here or elsewhere. */
  function change(frame) {
    const row = element(frame.html);
    const old = find(frame.conversation);
    if (row && frame.conversation === current()) show(row, frame.title);
    if (row?.dataset.inFolder || old?.dataset.inFolder) return refresh(); // its folder counts
    const focused = old?.contains(document.activeElement) ? document.activeElement.localName : null;
    old?.remove();
    tidy(); // no day stands empty when the place of the row is looked for
    if (row) put(row);
    tidy();
    if (row && focused) row.querySelector(focused)?.focus(); // its section is not hidden any more
  }

  function show(row, name) {
    row.querySelector("a").setAttribute("aria-current", "page");
    entitle(name);
    root.querySelector("[data-chat-title]").textContent = name;
    if (!("unread" in row.dataset) || !isSeen(row.dataset.chat)) return;
    row.querySelector(".chat-unread").remove();
    delete row.dataset.unread;
    seen();
  }

  /** Where it belongs: among the pinned, or under its day; what is older than all that is here comes when asked for. */
  function put(row) {
    const isPinned = "pinned" in row.dataset;
    const when = (each) => Date.parse(isPinned ? each.dataset.pinned : each.dataset.updated);
    const place = isPinned ? list.querySelector("[data-pinned-chats] ul") : day(new Date(row.dataset.updated));
    if (!place) return;
    const after = [...place.children].find((each) => when(each) <= when(row));
    place.insertBefore(row, after ?? null);
  }

  function day(moment) {
    const [key, label] = heading(moment);
    const found = list.querySelector(`[data-day="${key}"] ul`);
    if (found) return found;
    const days = [...list.querySelectorAll("[data-day]")];
    const next = days.find((each) => Date.parse(each.querySelector("li").dataset.updated) < moment);
    if (!next && list.querySelector(":scope > [data-older]")) return null;
    const made = element(`<section class="chats-group" data-day="${key}"><h2></h2><ul role="list"></ul></section>`);
    made.querySelector("h2").textContent = label;
    if (next) next.before(made);
    else (days.at(-1) ?? list.querySelector("[data-folders]")).after(made);
    return made.querySelector("ul");
  }

  function tidy() {
    list.querySelectorAll("[data-day]").forEach((each) => each.querySelector("li") || each.remove());
    list.querySelectorAll("[data-pinned-chats], [data-folders]").forEach((each) => (each.hidden = !each.querySelector("li")));
  }

  /** The whole list anew, once for changes that come together; the focus stays where it was. */
  function refresh() {
    clearTimeout(waiting);
    return new Promise((resolve) => (waiting = setTimeout(() => fetchList().then(resolve), SOON)));
  }

  async function fetchList() {
    const html = await fragment(`current=${current() ?? ""}`);
    if (html === null) return;
    const at = document.activeElement;
    const holder = list.contains(at) && at.closest("[data-chat], [data-folder]");
    const top = list.scrollTop;
    const none = list.querySelector(".chats-none");
    list.innerHTML = html;
    list.append(none);
    list.scrollTop = top;
    openFolders();
    back = holder && { holder, name: at.localName };
    goBack();
    watch();
  }

  /** To where the focus was: at once, or when the chats of its folder are there again. */
  function goBack() {
    const row = back && document.activeElement === document.body && same(back.holder);
    if (!row) return;
    (row.querySelector(`:scope > ${back.name}`) ?? row.querySelector(back.name))?.focus();
    back = null;
  }

  const same = ({ dataset }) => (dataset.chat ? find(dataset.chat) : list.querySelector(`[data-folder="${dataset.folder}"]`));

  async function fragment(query) {
    const answer = await fetch(`/chat/list?${query}`).catch(() => null);
    return answer?.ok ? answer.text() : null;
  }

  function openFolders() {
    const open = new Set(JSON.parse(localStorage.getItem(OPEN) ?? "[]"));
    for (const folder of list.querySelectorAll("[data-folder]")) folder.firstElementChild.open = open.has(folder.dataset.folder);
  }

  async function fill(folder) {
    const place = folder.querySelector("[data-folder-chats]");
    const html = await fragment(`folder=${folder.dataset.folder}&current=${current() ?? ""}`);
    if (html !== null) place.innerHTML = html;
    if (!place.querySelector("li")) place.innerHTML = `<p class="chats-none muted fine">${t("No chats in it yet.")}</p>`;
    goBack();
  }

  list.addEventListener("toggle", (event) => {
    if (event.target.localName !== "details") return;
    const open = [...list.querySelectorAll("[data-folder]:has(> [open])")];
    localStorage.setItem(OPEN, JSON.stringify(open.map((each) => each.dataset.folder)));
    if (event.target.open) fill(event.target.parentElement);
  }, true);

  /** Puts older chats in; a group that was cut goes on. `focus`: when a person pressed the button. */
  async function lengthen(button, focus) {
    if (button.disabled) return;
    const last = button.previousElementSibling;
    button.disabled = true;
    const html = await fragment(`${button.dataset.older}&current=${current() ?? ""}`);
    button.disabled = false;
    if (html === null) return focus && toast(t("The older chats did not come. Try again."), "bad");
    const template = document.createElement("template");
    template.innerHTML = html;
    const first = template.content.querySelector("[data-chat] a");
    const group = template.content.firstElementChild;
    if (group && last && (group.localName === "ul" || group.dataset.day === last.dataset.day)) {
      (group.localName === "ul" ? last : last.querySelector("ul")).append(...group.querySelectorAll("li"));
      group.remove();
    }
    button.replaceWith(template.content);
    if (focus) first?.focus();
    watch();
  }

  const observer = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && lengthen(each.target)), { root: list, rootMargin: "200px" });
  function watch() {
    observer.disconnect();
    const older = list.querySelector(":scope > [data-older]");
    if (older) observer.observe(older);
  }

  /** Changes chats, and offers the way back where there is one. */
  async function act(id, data, said, back) {
    const row = find(id);
    const name = row ? title(row) : "";
    const rows = [...list.querySelectorAll("[data-chat]")];
    const beside = rows[rows.indexOf(row) + 1] ?? rows[rows.indexOf(row) - 1];
    await tell(id, data);
    if (data.trashed && id === current()) {
      sessionStorage.setItem(DELETED, JSON.stringify({ id, name }));
      history.replaceState({}, "", "/");
      return location.assign("/");
    }
    if (!back) return;
    find(id)?.remove();
    tidy();
    (beside?.isConnected ? beside : root).querySelector("a").focus();
    offerBack(id, name, said, back);
  }

  function offerBack(id, name, said, back) {
    const short = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
    undoable(t(said, { name: short }), async () => {
      await tell(id, back);
      (find(id) ?? list).querySelector("a")?.focus();
    });
  }

  async function tell(id, data) {
    try {
      return await request("PATCH", `/api/chats/${id}`, data);
    } catch (error) {
      toast(error.message, "bad");
      throw error;
    }
  }

  function seen() {
    if (current() && !document.hidden) request("PATCH", `/api/chats/${current()}`, { seen: true }).catch(() => {});
  }
  document.addEventListener("visibilitychange", () => find(current() ?? "")?.querySelector(".chat-unread") && seen());

  list.addEventListener("click", (event) => {
    const more = event.target.closest("[popovertarget=chat-menu]");
    if (more) choose(more.closest("[data-chat]"));
    const older = event.target.closest("[data-older]");
    if (older) lengthen(older, true);
  });

  function choose(row) {
    menu.dataset.chat = row.dataset.chat;
    for (const button of menu.querySelectorAll("[data-when]")) button.hidden = (button.dataset.when === "pinned") !== "pinned" in row.dataset;
  }

  const acts = {
    pin: (id) => act(id, { pinned: true }),
    unpin: (id) => act(id, { pinned: false }),
    archive: (id) => act(id, { archived: true }, t("Archived “{name}”"), { archived: false }),
    delete: (id) => act(id, { trashed: true }, t("Deleted “{name}”"), { trashed: false }),
    share: (id) => share(id, () => find(id)?.querySelector("[popovertarget]")),
    markdown: (id) => location.assign(`/chat/${id}/export?format=md`),
    json: (id) => location.assign(`/chat/${id}/export?format=json`),
    rename: (id) => askName(t("Rename chat"), () => find(id), (name) => tell(id, { title: name })),
  };
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    menu.hidePopover();
    (acts[button.dataset.act] ?? filing[button.dataset.act])?.(chosen());
  });

  /** Asks for another name of what `row()` shows. */
  function askName(heading, row, save) {
    renamed = { row, save };
    const field = rename.querySelector("input");
    rename.querySelector("h2").textContent = heading;
    field.value = title(row());
    rename.showModal();
    field.select();
  }
  rename.querySelector("[data-rename-cancel]").addEventListener("click", () => rename.close("no"));
  rename.addEventListener("close", async () => {
    const name = rename.querySelector("input").value.trim();
    const row = renamed.row(); // none when another page deleted it meanwhile
    if (row && rename.returnValue === "yes" && name && name !== title(row)) renamed.save(name);
    row?.querySelector(":scope > [popovertarget]").focus(); // a folder has chats with their own
    rename.returnValue = "";
  });

  const shareButton = root.querySelector("[data-share-open]");
  shareButton.addEventListener("click", () => share(current(), () => shareButton));
  const filing = startFiling({ root, list, find, tell, refresh, askName });
  const left = sessionStorage.getItem(DELETED);
  sessionStorage.removeItem(DELETED);
  if (left) offerBack(...Object.values(JSON.parse(left)), t("Deleted “{name}”"), { trashed: false });
  openFolders();
  watch();
  return { change, refresh };
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** The key and the words of the heading for a day, as sidebar.py has them. */
function heading(moment) {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const age = Math.round((midnight - new Date(moment).setHours(0, 0, 0, 0)) / 86_400_000);
  if (age <= 0) return ["today", t("Today")];
  if (age === 1) return ["yesterday", t("Yesterday")];
  if (age <= 7) return ["7", t("Previous 7 days")];
  if (age <= 30) return ["30", t("Previous 30 days")];
  const year = moment.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const key = `${moment.getFullYear()}-${String(moment.getMonth() + 1).padStart(2, "0")}`;
  return [key, moment.toLocaleDateString(document.documentElement.lang, { month: "long", year })];
}
