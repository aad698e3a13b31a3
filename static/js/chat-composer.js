// The message field: grows with its text, keeps a draft for each chat, sends, stops.
const KEY = "thinkback-draft-";
const SOON = 600; // milliseconds in which a message is usually taken

/** `send(text)` returns true when it was taken; `stop()` ends the answer that is being written. */
export function startComposer(form, { conversation, send, stop }) {
  const field = form.querySelector("[data-composer-text]");
  const button = form.querySelector("[data-send]");
  let streaming = false;
  const note = form.parentElement.querySelector("[data-unsent]");
  let worry; // shows what is on its way when that takes long
  let pending = null; // sent, not yet confirmed: kept as the draft until then
  const key = () => KEY + (conversation() ?? "new");

  function fit() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
    const name = streaming ? "Stop" : "Send";
    button.disabled = !streaming && (!field.value.trim() || pending !== null);
    button.querySelector("[data-send-name]").textContent = name;
    button.title = streaming ? "Stop (Esc)" : "Send (Enter)";
    button.querySelector("[data-send-icon]").hidden = streaming;
    button.querySelector("[data-stop-icon]").hidden = !streaming;
    form.classList.toggle("is-streaming", streaming);
  }

  function save() {
    try {
      const text = pending ?? field.value;
      if (text) localStorage.setItem(key(), text);
      else localStorage.removeItem(key());
    } catch {
      // a full or forbidden storage must not keep anybody from writing
    }
  }

  function submit() {
    const text = field.value.trim();
    if (streaming || pending !== null || !text || !send(text)) return;
    pending = text;
    worry = setTimeout(() => {
      note.querySelector("[data-unsent-text]").textContent = text;
      note.hidden = false;
    }, SOON);
    save();
    field.value = "";
    fit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (streaming) stop();
    else submit();
    field.focus();
  });
  field.addEventListener("input", () => {
    save();
    fit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    if (matchMedia("(pointer: coarse)").matches && !event.ctrlKey) return;
    event.preventDefault();
    submit();
  });

  function settle() {
    clearTimeout(worry);
    note.hidden = true;
    pending = null;
    save();
    fit();
  }

  field.value ||= localStorage.getItem(key()) ?? "";
  fit();

  return {
    /** The server has the message: its draft is no longer needed. */
    sent() {
      localStorage.removeItem(key());
      settle();
    },
    /** The server did not take it: the text comes back. */
    refused() {
      if (pending !== null) field.value = field.value ? `${pending}\n\n${field.value}` : pending;
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
      save();
      fit();
      field.focus();
    },
  };
}
