// The message field: grows with its text, keeps a draft for each chat, sends, stops.
import { startDraft } from "./chat-draft.js";
import { preferences } from "./chat-preferences.js";
import { t } from "./words.js";

const SOON = 600; // milliseconds in which a message is usually taken
const GROWS = CSS.supports("field-sizing", "content"); // the field by itself, with its text

/** `send(text, id, later)` returns the id of its frame when it was taken (`id`, if there is one); `ask(frame)` tells the server; `stop()` ends the answer that is being written; `files` go with the message. */
export function startComposer(form, { conversation, send, stop, ask, files }) {
  const field = form.querySelector("[data-composer-text]");
  const button = form.querySelector("[data-send]");
  const later = form.querySelector("[data-queue-it]");
  let streaming = false;
  const note = form.parentElement.querySelector("[data-unsent]");
  let worry; // shows what is on its way when that takes long
  let pending = null; // sent, not yet confirmed: kept as the draft until then
  let given = []; // the files of that one
  files.fill(JSON.parse(document.getElementById("draft-files").textContent));
  const draft = startDraft(field, {
    conversation,
    text: () => pending ?? field.value,
    files: () => [...given, ...files.ready()],
    write(text) {
      field.value = text;
      fit();
    },
    gather(fresh, gone) {
      const there = new Set([...given, ...files.ready()].map(({ id }) => id));
      files.drop(gone);
      files.fill(fresh.filter(({ id }) => !there.has(id)));
    },
    ask,
  });

  function fit() {
    if (!GROWS) {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 2}px`;
    }
    later.hidden = !streaming || !isWhole();
    button.disabled = !streaming && (!isWhole() || pending !== null);
    face();
  }

  /** What the button is for. Written only when that changes: each key would have the row laid out anew. */
  function face() {
    if (button.dataset.face === String(streaming)) return;
    button.dataset.face = streaming;
    button.querySelector("[data-send-name]").textContent = streaming ? t("Stop") : t("Send");
    button.title = streaming ? t("Stop (Esc)") : t("Send (Enter)");
    button.querySelector("[data-send-icon]").hidden = streaming;
    button.querySelector("[data-stop-icon]").hidden = !streaming;
    form.classList.toggle("is-streaming", streaming);
  }

  /** Whether there is something to send, and nothing still on its way. */
  function isWhole() {
    return !files.busy() && (field.value.trim() !== "" || files.ready().length > 0);
  }

  function submit() {
    const text = field.value.trim();
    if (pending !== null || !isWhole()) return;
    const id = send(text, draft.again(text), streaming);
    if (!id) return;
    pending = text;
    given = files.ready();
    files.take();
    worry = setTimeout(() => {
      note.querySelector("[data-unsent-text]").textContent = text || given.map((file) => file.name).join(", ");
      note.hidden = false;
    }, SOON);
    field.value = "";
    draft.sending(id);
    fit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (streaming) stop();
    else submit();
    field.focus();
  });
  later.addEventListener("click", () => {
    submit();
    field.focus();
  });
  field.addEventListener("input", () => {
    draft.changed();
    fit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    const commands = event.ctrlKey || event.metaKey;
    if (!commands && (preferences.sends === "ctrl_enter" || matchMedia("(pointer: coarse)").matches)) return;
    event.preventDefault();
    submit();
  });

  function settle() {
    clearTimeout(worry);
    note.hidden = true;
    pending = null;
    given = [];
    draft.sending();
    fit();
  }

  fit();

  return {
    /** A file came or went. */
    changed() {
      draft.filed();
      fit();
    },
    /** The server has the message: its draft is no longer needed. */
    sent: settle,
    /** The server did not take it: the text comes back. */
    refused() {
      if (pending !== null) field.value = field.value ? `${pending}\n\n${field.value}` : pending;
      files.fill(given);
      settle();
    },
    /** For when the button that was pressed is gone. Not on touch screens, where it would open the keyboard. */
    focus() {
      if (!matchMedia("(pointer: coarse)").matches) field.focus();
    },
    streaming(yes) {
      streaming = yes;
      fit();
    },
    fill(text) {
      field.value = text;
      draft.changed();
      fit();
      field.focus();
    },
    /** Puts a text that was to be sent back to what stands there. */
    restore(text) {
      this.fill(field.value ? `${text}\n\n${field.value}` : text);
    },
    isSending: () => pending !== null,
    draft,
  };
}
