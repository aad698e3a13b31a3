// The chat page: puts its parts together. Each part knows only what it is given here.
import { announce, alarm } from "./chat-announcer.js";
import { startActions } from "./chat-actions.js";
import { startComposer } from "./chat-composer.js";
import { startFollowing } from "./chat-follow.js";
import { startPicker } from "./chat-picker.js";
import { startSidebar } from "./chat-sidebar.js";
import { openSocket } from "./chat-socket.js";
import { startThread } from "./chat-thread.js";
import { answering } from "./chat-title.js";
import { toast } from "./toast.js";

const root = document.querySelector("[data-chat-root]");
const picker = startPicker();
const follow = startFollowing(root.querySelector("[data-scroller]"), root.querySelector("[data-to-end]"));
const thread = startThread(root, follow, onChange);
const sidebar = startSidebar(root, () => thread.conversation());
let refreshed = () => {};
const line = root.querySelector("[data-line]");

const composer = startComposer(root.querySelector("[data-composer]"), {
  conversation: thread.conversation,
  send(text) {
    const model = picker.chosen();
    if (!model.slug) return picker.open();
    const frame = { type: "send", client_id: crypto.randomUUID?.() ?? uuid(), text, ...model };
    if (thread.conversation()) Object.assign(frame, { conversation: thread.conversation(), parent: thread.last() });
    follow.toEnd();
    socket.ask(frame);
    return true;
  },
  stop: () => thread.streaming() && socket.ask({ type: "stop", message: thread.streaming() }),
});

const socket = openSocket({
  opened: subscribe,
  line(text) {
    line.hidden = !text;
    line.textContent = text;
  },
  frames: {
    turn(frame) {
      const isMine = socket.settle(frame.client_id);
      if (isMine) composer.sent();
      if (isMine && !thread.conversation()) adopt(frame);
      thread.turn(frame);
    },
    branch(frame) {
      thread.branch(frame);
      refreshed();
    },
    block: thread.block,
    done: thread.done,
    chat: sidebar.change,
    problem(frame) {
      socket.settle(frame.client_id);
      composer.refused();
      toast(frame.message, "bad");
    },
    expired() {
      composer.refused(); // what was not taken stands in the field again
      document.dispatchEvent(new CustomEvent("session-expired"));
    },
  },
});

startActions(root, {
  regenerate: (message) => socket.ask({ type: "regenerate", message, ...picker.chosen() }),
  conversation: thread.conversation,
  refresh: () => new Promise((resolve) => {
    refreshed = resolve;
    subscribe();
  }),
  composer,
});

/** Follows the chat of this page, and has what it lacks sent. */
function subscribe() {
  const conversation = thread.conversation();
  if (conversation) socket.ask({ type: "subscribe", conversation, have: thread.finished() });
}

/** A new chat got its address: the page becomes that chat's. */
function adopt(frame) {
  root.dataset.conversation = frame.conversation;
  history.pushState({}, "", frame.url);
}

function onChange({ began, ended, status, words, model }) {
  const streaming = Boolean(thread.streaming());
  composer.streaming(streaming);
  answering(streaming, ended);
  if (document.activeElement === document.body) composer.focus();
  if (began) announce(`${model} is answering`);
  if (ended && status === "error") alarm("The answer failed. What to do stands below it.");
  else if (ended) announce(status === "done" ? `Answer finished, ${words} words` : "Answer stopped");
}

/** For pages without a secure context, where the browser has no randomUUID. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

addEventListener("popstate", () => location.reload());
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.shiftKey && event.code === "KeyO") {
    event.preventDefault();
    location.assign("/");
  }
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector(":popover-open, dialog[open]") && thread.streaming()) {
    socket.ask({ type: "stop", message: thread.streaming() });
  }
});
thread.start();
