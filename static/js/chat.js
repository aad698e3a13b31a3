// The chat page: puts its parts together. Each part knows only what it is given here.
import { startAnnouncer } from "./chat-announcer.js";
import { startActions } from "./chat-actions.js";
import { startAttachments } from "./chat-attachments.js";
import { startAgain } from "./chat-again.js";
import { startBlocks } from "./chat-blocks.js";
import { startComparing } from "./chat-compare.js";
import { startComposer } from "./chat-composer.js";
import { startControls } from "./chat-controls.js";
import { startEditing } from "./chat-edit.js";
import { startElsewhere } from "./chat-elsewhere.js";
import { startFollowing } from "./chat-follow.js";
import { startFound } from "./chat-found.js";
import { startMenus } from "./chat-menus.js";
import { startMeter } from "./chat-meter.js";
import { startPicker } from "./chat-picker.js";
import { startPresets } from "./chat-presets.js";
import { startPictures } from "./chat-pictures.js";
import { startQueue } from "./chat-queue.js";
import { startShortcuts } from "./chat-shortcuts.js";
import { startDrawer } from "./chat-drawer.js";
import { startSidebar } from "./chat-sidebar.js";
import { showLine } from "./chat-line.js";
import { openSocket } from "./chat-socket.js";
import { startTemporary } from "./chat-temporary.js";
import { startThread } from "./chat-thread.js";
import { answering } from "./chat-title.js";
import { startTools } from "./chat-tools.js";
import { request } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const root = document.querySelector("[data-chat-root]");
const picker = startPicker(() => {
  tools.show();
  files.update();
  meter.changed();
  again.picked(picker.chosen());
});
const tools = startTools(picker.able);
const follow = startFollowing(root.querySelector("[data-scroller]"), root.querySelector("[data-to-end]"));
const thread = startThread(root, follow, onChange);
const announcer = startAnnouncer(root.dataset.announces);
startBlocks(root);
startPictures(root);
startShortcuts();
startFound(root, () => thread.conversation());
const sidebar = startSidebar(root, () => thread.conversation());
const controls = startControls(root, { conversation: thread.conversation, changed: () => meter.changed() });
startDrawer(root);
const temporary = startTemporary(root, { conversation: thread.conversation, refresh: sidebar.refresh });
let refreshed = () => {};
let asked = false; // the page itself asked for another branch
const line = root.querySelector("[data-line]");

let composer = null;
const files = startAttachments(root, { model: picker.able, changed() {
  composer?.changed();
  queueMicrotask(() => meter.show());
} });
composer = startComposer(root.querySelector("[data-composer]"), {
  conversation: thread.conversation,
  files,
  send(text, id, queue) {
    if (!meter.allows(text)) return false;
    return say({ text, queue, attachments: files.ready().map((file) => file.id), parent: thread.last(), ...(id && { client_id: id }) });
  },
  ask: (frame) => socket.ask(frame),
  stop: () => thread.streaming() && socket.ask({ type: "stop", message: thread.streaming() }),
});

const editing = startEditing(root, {
  send(message, role, text) {
    if (role === "user") return say({ text, instead: message });
    const client_id = newId();
    socket.ask({ type: "rewrite", client_id, message, text });
    return client_id;
  },
});

const again = startAgain(root, { regenerate, pick: () => picker.open(), compare: (message) => comparing.widen(message) });
const queue = startQueue(root, { ask: (frame) => socket.ask(frame), restore: (text) => composer.restore(text) });

const elsewhere = startElsewhere(root, async (leaf) => {
  try {
    await request("PATCH", `/api/chats/${thread.conversation()}`, { leaf });
  } catch (error) {
    return toast(error.message, "bad");
  }
  await refresh();
});

const socket = openSocket({
  opened() {
    subscribe();
    composer.draft.opened();
  },
  line: (text, help) => showLine(line, text, { help }),
  busy: () => Boolean(thread.streaming()),
  frames: {
    turn(frame) {
      const isMine = socket.settle(frame.client_id);
      if (isMine && !editing.settle(frame.client_id)) composer.sent();
      if (isMine && !thread.conversation()) adopt(frame);
      const fits = thread.turn(frame, isMine);
      if (!fits) elsewhere.tell(t("This chat goes on in another window, in another version."), t("Show it"), frame.articles.at(-1).id);
      else if (frame.aside) elsewhere.tell(t("This chat went on in another window. Your message began another version."), t("Show the other"), frame.aside);
      else elsewhere.hide();
      if (isMine) follow.asked(thread.question());
    },
    branch(frame) {
      const left = asked || frame.ids.includes(thread.last()) ? null : thread.leaf();
      asked = false;
      thread.branch(frame);
      queue.change(frame.queue);
      if (left) elsewhere.tell(t("This chat goes on in another window, in another version, which is shown now."), t("Back to the other"), left);
      else if (frame.aside) elsewhere.tell(t("This chat goes on in another window, in another version."), t("Show it"), frame.aside);
      refreshed();
    },
    block: thread.block,
    shown: thread.shown,
    done: thread.done,
    compared: thread.compared,
    chat: sidebar.change,
    list: sidebar.refresh,
    draft: (frame) => composer.draft.heard(frame),
    queue(frame) {
      if (frame.conversation !== thread.conversation()) return;
      if (socket.settle(frame.client_id)) composer.sent();
      queue.change(frame.html, frame.sent);
    },
    gone(frame) {
      if (frame.conversation !== thread.conversation()) return;
      asked = true;
      toast(t("A version was deleted."));
      subscribe(thread.alone());
    },
    problem(frame) {
      socket.settle(frame.client_id);
      editing.refuse(frame.client_id) || composer.refused();
      toast(frame.message, "bad");
    },
    expired(asked) {
      showLine(line, t("You are signed out. What you wrote is kept."), { out: true });
      document.dispatchEvent(new CustomEvent(asked?.client_id || composer.isSending() ? "session-expired" : "session-missing"));
    },
  },
});

const meter = startMeter(root, {
  conversation: thread.conversation,
  models: () => [{ ...picker.chosen(), label: picker.able().label }, ...comparing.beside()],
  tools: tools.chosen,
  controls,
  files: files.ready,
  send: () => root.querySelector("[data-composer]").requestSubmit(),
  pick: picker.open,
});
const presets = startPresets(root, { controls, picker, tools, composer });
startMenus(root, { use: presets.use, pick: picker.pick, models: picker.models, commands: () => picker.chosen().slug === "practice" });
startActions(root, {
  drop(message) {
    controls.set("drop_oldest", true);
    controls.saved().then(() => regenerate(message, picker.chosen()));
  },
  regenerate: (message) => regenerate(message, picker.chosen()),
  edit: editing.open,
  goOn: (message) => socket.ask({ type: "continue", message }),
  decide: (message, call, choice) => socket.ask({ type: "decide", message, call, choice }),
  conversation: thread.conversation,
  refresh,
  branched,
  composer,
});

const comparing = startComparing(root, picker, socket.ask);

/** Asks for another answer beside one: by the same model, unless another is named. */
function regenerate(message, more) {
  socket.ask({ type: "regenerate", client_id: newId(), message, tools: tools.chosen(), ...more });
}

/** Sends a message in this chat, or begins one; its id, or nothing while no model is chosen. */
function say(more) {
  const model = picker.chosen();
  if (!model.slug) return picker.open();
  const models = comparing.beside();
  const frame = { type: "send", client_id: newId(), ...model, models, tools: tools.chosen(), ...controls.unsaved(), ...temporary.asks(), ...more };
  if (thread.conversation()) frame.conversation = thread.conversation();
  else delete frame.parent;
  follow.toEnd();
  socket.ask(frame);
  return frame.client_id;
}

/** Follows the chat of this page on the branch that it shows, and has what it lacks sent. */
function subscribe(have = thread.finished(), last = thread.last()) {
  const conversation = thread.conversation();
  if (conversation) socket.ask({ type: "subscribe", conversation, have, last });
}

/** Turns to the branch that the server has for this chat; resolves when it is shown. */
function refresh() {
  elsewhere.hide();
  asked = true;
  subscribe(thread.alone(), null);
  return branched();
}

/** Resolves when the server has told what is shown of this chat. */
function branched() {
  return new Promise((resolve) => (refreshed = resolve));
}

/** A new chat got its address: the page becomes that chat's. */
function adopt(frame) {
  root.dataset.conversation = frame.conversation;
  temporary.adopted();
  history.pushState({}, "", frame.url);
  composer.draft.moved();
  root.querySelector("[data-share-open]").hidden = false;
  controls.adopt();
}

function onChange({ began, ended, status, words, model, asks, beside }) {
  const streaming = Boolean(thread.streaming());
  composer.streaming(streaming);
  queue.streaming(streaming);
  answering(streaming, ended);
  if (document.activeElement === document.body) composer.focus();
  if (began) announcer.began(model);
  if (ended) meter.changed();
  if (ended) announcer.ended({ status, words, asks, beside, more: streaming, answer: thread.spoken() });
}

/** Also for pages without a secure context, where the browser has no randomUUID. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

document.addEventListener("session-renewed", socket.reopen);
document.addEventListener("session-declined", () => {
  socket.forget();
  composer.refused(); // what was not sent stands in the field again
});
addEventListener("popstate", () => location.reload());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(":popover-open, dialog:modal") && thread.streaming()) {
    socket.ask({ type: "stop", message: thread.streaming() });
  }
});
document.querySelector("[data-to-latest]").addEventListener("click", (event) => {
  event.preventDefault();
  thread.goToLatest();
});
thread.start();
