// What is typed and not sent, kept on the server, so that it is there on every device and after whatever happens here.
// The browser keeps it only until the server has it.
const SOON = 600; // milliseconds from the last key to saving
const LATE = 3000; // at most, while keys keep coming; and so long a field counts as being typed in
const user = document.querySelector('meta[name="user"]')?.content ?? "";
const page = Math.random().toString(36).slice(2); // tells this page's own drafts from others'

/** `text()` and `files()` are what is to be kept and `write(text)` puts another into the field, `gather(files, gone)` other files; `ask(frame)` tells the server. */
export function startDraft(field, { conversation, text, files, write, gather, ask }) {
  const now = () => ({ text: text(), files: files().map(({ id }) => id) });
  const isSame = (one, other) => one.text === other.text && one.files.join() === other.files.join();
  let version = Number(field.dataset.draft ?? 0);
  let saved = { text: field.value, files: files().map(({ id }) => id) }; // what the server has
  let flight = null; // what is on its way there
  let timer, since = 0, typed = 0, sending = "";
  const key = () => `thinkback-draft-${user}-${conversation() ?? "new"}`;
  const frame = (more) => ({ type: "draft", page, ...(conversation() && { conversation: conversation() }), ...more });

  function keep() {
    try {
      if (text() === saved.text && !sending) localStorage.removeItem(key());
      else localStorage.setItem(key(), JSON.stringify({ text: text(), version, sending }));
    } catch {
      // a full or forbidden storage must not keep anybody from writing
    }
  }

  function soon() {
    const moment = Date.now();
    clearTimeout(timer);
    since ||= moment;
    timer = setTimeout(push, Math.max(0, Math.min(SOON, since + LATE - moment)));
  }

  function push() {
    clearTimeout(timer);
    since = 0;
    if (flight !== null || isSame(now(), saved)) return;
    flight = now();
    ask(frame({ text: flight.text, attachments: flight.files, version }));
  }

  /** Puts in what this browser kept because the server did not get it; not what was sent and has arrived. */
  function recall() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(key()));
    } catch {
      // of an earlier time, or not ours
    }
    const was = saved.text;
    if (!kept?.text || kept.text === was || (kept.sending && kept.version < version && !was)) return keep();
    write(kept.version === version || !was ? kept.text : `${was}\n\n${kept.text}`);
  }

  recall();
  addEventListener("pagehide", push);

  return {
    /** Something was typed. */
    changed() {
      typed = Date.now();
      keep();
      soon();
    },
    /** A file came or went. */
    filed: () => soon(),
    /** A message is on its way, or not any more: `id` is that of its frame. */
    sending(id = "") {
      sending = id;
      keep();
    },
    /** The id of the frame in which this text was sent before the page was loaded again; it is the same message. */
    again: (wanted) => {
      const kept = JSON.parse(localStorage.getItem(key()) ?? "null");
      return kept?.sending && kept.text === wanted ? kept.sending : "";
    },
    /** The line is there again: asks what the server has, and gives it what it lacks. */
    opened() {
      flight = null;
      ask(frame({}));
    },
    /** The new chat got its address: its draft is another from now on. */
    moved() {
      localStorage.removeItem(`thinkback-draft-${user}-new`);
      [version, saved, flight] = [0, { text: "", files: [] }, null];
      if (text() || files().length) this.changed();
    },
    /** What the server has now. A field that is being typed in, or waits to be sent, is left alone. */
    heard(frame) {
      if ((frame.conversation ?? null) !== conversation() || frame.version < version) return;
      const had = saved, has = { text: frame.text, files: frame.files.map(({ id }) => id) };
      const isMine = frame.page === page || (flight !== null && isSame(has, flight));
      const isTyped = text() !== had.text || Date.now() - typed < LATE || sending;
      [version, saved, flight] = [frame.version, has, null];
      if (!isMine && !isTyped && field.value !== frame.text) write(frame.text);
      if (!isMine && !sending) gather(frame.files.filter(({ id }) => !had.files.includes(id)), had.files.filter((id) => !has.files.includes(id)));
      keep();
      if (!isSame(now(), saved) && !sending) soon();
    },
  };
}
