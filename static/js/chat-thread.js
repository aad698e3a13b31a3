// The messages: puts in what the server sends, exactly once. Finished blocks are never touched again.
import { t, language, zone } from "./words.js";

/** `change` hears that an answer began or ended. */
export function startThread(root, follow, change) {
  const list = root.querySelector("[data-thread]");
  const find = (id) => list.querySelector(`[data-message="${CSS.escape(id)}"]`);
  const isOpen = (article) => ["streaming", "waiting"].includes(article.dataset.status);
  const isStreaming = (article) => article.dataset.status === "streaming";
  const stands = (id) => list.querySelector(`:scope > [data-message="${CSS.escape(id)}"]`);
  const articles = () => [...list.querySelectorAll(":scope > [data-message]")];
  const last = () => articles().at(-1)?.dataset.message ?? null;
  const ours = (frame) => frame.conversation === root.dataset.conversation;

  function put(id, html, after) {
    const fresh = element(html);
    const old = find(id);
    const focusAgain = held(old);
    const singles = fresh.querySelector("[data-message]") ? [...fresh.querySelectorAll("[data-message]")] : [fresh];
    for (const single of singles) {
      const before = find(single.dataset.message);
      if (before) keep(before, single);
    }
    if (old) old.replaceWith(fresh);
    else after ? after.after(fresh) : list.prepend(fresh); // a page that shows none has no way to earlier ones
    singles.forEach(dress);
    focusAgain(fresh);
    const group = fresh.parentElement.closest("[data-comparison]");
    if (group) group.dataset.status = [...group.querySelectorAll("[data-message]")].some(isOpen) ? "streaming" : "done";
    return fresh;
  }

  function empty() {
    const none = !articles().length;
    root.querySelector("[data-welcome]").hidden = !none;
    root.querySelector(".chat-main").classList.toggle("is-empty", none);
    document.querySelector("[data-to-latest]").hidden = none;
  }

  /** Whether a turn of another window goes on from what this page shows; if not, its reader stays where he is. */
  const fits = ({ parent, articles: [first] }) =>
    (parent ?? null) === last() ||
    (last() && first?.html.includes(`data-message="${last()}"`)) || // it stands beside others now
    (first && find(first.id)?.closest("[data-comparison]")?.dataset.message === last()); // it was kept

  function turn(frame, isMine) {
    if (!ours(frame)) return true;
    if (frame.articles.every((article) => stands(article.id))) return change({}), true;
    if (!isMine && !fits(frame)) return false;
    const parent = frame.parent ? find(frame.parent) : null;
    let end = parent;
    const stale = parent ? articles().slice(articles().indexOf(parent) + 1) : articles();
    stale.forEach((article) => article.remove());
    for (const article of frame.articles) end = put(article.id, article.html, end);
    empty();
    follow.grown();
    change({ began: isStreaming(end), model: names(end).join(", ") });
    return true;
  }

  function branch(frame) {
    if (!ours(frame)) return;
    const fresh = new Map(frame.articles.map((article) => [article.id, article.html]));
    const wanted = new Set(frame.ids);
    articles().forEach((article) => wanted.has(article.dataset.message) || article.remove());
    let end = null;
    for (const id of frame.ids) end = fresh.has(id) ? put(id, fresh.get(id), end) : find(id);
    empty();
    follow.grown();
    change({});
  }

  function block(frame) {
    const article = find(frame.message);
    if (!article || !isStreaming(article)) return;
    const part = article.querySelector(`[data-part="${frame.part}"]`);
    if (!part) return;
    const old = part.querySelector(`:scope > [data-block="${frame.index}"]`);
    if (old && Number(old.dataset.drawn) >= frame.version) return;
    const fresh = document.createElement("div");
    fresh.className = "block";
    fresh.dataset.block = frame.index;
    fresh.dataset.drawn = frame.version;
    fresh.innerHTML = frame.html;
    if (old) swap(old, fresh);
    else part.append(fresh);
    const thought = part.closest("[data-reasoning]");
    if (thought) thought.hidden = false;
    else article.querySelector("[data-waiting]")?.remove();
    follow.grown();
  }

  /** An answer that goes on after a tool; the focus goes to the next one that asks, if it was on the last. */
  function shown(frame) {
    const old = find(frame.message);
    if (!old) return;
    const focused = old.contains(document.activeElement);
    const began = !isOpen(old) && frame.status === "streaming"; // it is continued
    const fresh = put(frame.message, frame.html);
    if (focused && !fresh.contains(document.activeElement)) fresh.querySelector("[data-decide]")?.focus();
    follow.grown();
    change({ began, model: fresh.querySelector("h2 .truncate")?.textContent });
  }

  function done(frame) {
    if (!find(frame.message)) return;
    const fresh = put(frame.message, frame.html);
    countDown(fresh);
    follow.grown();
    const asks = fresh.querySelector("[data-tool]:has([data-decide])")?.dataset.label;
    const beside = fresh.parentElement.closest("[data-comparison]") ? names(fresh)[0] : "";
    change({ ended: true, status: frame.status, words: frame.words, asks, beside });
  }

  /** What stands below answers side by side, unless the page has it from a later moment. */
  function compared(frame) {
    const old = find(frame.comparison)?.querySelector("[data-comparison-summary]");
    if (!old || Number(old.dataset.ended) > frame.ended) return;
    swap(old, element(frame.html));
    follow.grown();
  }

  /** Puts earlier messages in, without moving what is read. */
  async function earlier(button) {
    button.disabled = true;
    const answer = await fetch(button.dataset.earlier).catch(() => null);
    button.disabled = false;
    if (!answer?.ok) return;
    const scroller = list.parentElement;
    const below = scroller.scrollHeight - scroller.scrollTop;
    const next = button.nextElementSibling;
    button.outerHTML = await answer.text();
    articles().forEach(dress);
    scroller.scrollTop = scroller.scrollHeight - below;
    next.querySelector("button, a, [tabindex]")?.focus({ preventScroll: true });
  }

  return {
    turn, branch, block, shown, done, compared,
    start() {
      list.addEventListener("click", (event) => {
        const button = event.target.closest("[data-earlier]");
        if (button) earlier(button);
      });
      list.querySelectorAll("[data-message]").forEach(dress);
      follow.toEnd();
      change({});
    },
    conversation: () => root.dataset.conversation || null,
    /** Where "Skip to the latest answer" leads. */
    goToLatest() {
      const heading = articles().at(-1)?.querySelector("h2");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus();
    },
    spoken: () => [...(articles().at(-1)?.querySelectorAll(":scope > .answer") ?? [])].map((part) => part.textContent).join(" "),
    question: () => articles().findLast((article) => article.classList.contains("user")),
    last,
    /** The same, where it is a message. */
    leaf: () => (articles().at(-1)?.matches("[data-comparison]") ? null : last()),
    streaming: () => articles().find(isOpen)?.dataset.message ?? null,
    /** The finished ones that will never have another version beside them than those that their page knows. */
    alone: () => articles().filter((article) => !isOpen(article) && !article.querySelector("[data-version]")).map((article) => article.dataset.message),
    finished: () => articles().filter((article) => !isOpen(article)).map((article) => article.dataset.message),
  };
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Whose answers these are. */
const names = (article) => [...article.querySelectorAll("h2 .truncate")].map((name) => name.textContent);

/** Puts something in the place of what was there; who stood on a control in it by the keyboard still does. */
function swap(old, fresh) {
  const focusAgain = held(old);
  old.replaceWith(fresh);
  focusAgain(fresh);
}

/** The control that has the focus in something: gives it to the same one in what takes its place. */
function held(old) {
  const active = document.activeElement;
  if (!old?.contains(active)) return () => {};
  const { outerHTML } = active;
  const tool = (each) => each.closest("[data-tool]")?.dataset.tool;
  const ofTool = tool(active);
  const alike = (where) => [...where.querySelectorAll(active.localName)].filter((each) => each.outerHTML === outerHTML && tool(each) === ofTool);
  const nth = alike(old).indexOf(active);
  return (fresh) => alike(fresh)[nth]?.focus({ preventScroll: true });
}

/** Moves blocks that did not change from the old article into the new one, with their scroll place and selection. */
function keep(old, fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const before = [...(old.querySelector(`[data-part="${part.dataset.part}"]`)?.children ?? [])];
    [...part.children].forEach((block, index) => {
      if (before[index]?.innerHTML === block.innerHTML) block.replaceWith(before[index]);
    });
  }
  const folds = [...fresh.querySelectorAll("[data-reasoning]")];
  old.querySelectorAll("[data-reasoning]").forEach((fold, index) => {
    if (!folds[index] || fold.dataset.held === undefined) return; // only what the reader did himself outlives the answer
    folds[index].open = fold.open;
    folds[index].dataset.held = "";
  });
}

/** What only the browser knows: the local time, and whether a long message is cut. */
function dress(article) {
  const time = article.querySelector("[data-time]");
  if (time) {
    const moment = new Date(time.dateTime);
    time.textContent = moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    time.title = moment.toLocaleString(language, { dateStyle: "long", timeStyle: "medium", hourCycle: "h23", timeZone: zone });
  }
  const bubble = article.querySelector("[data-bubble]");
  if (bubble) article.querySelector("[data-more]").hidden = bubble.scrollHeight <= bubble.clientHeight + 4;
}

/** "Retry in 12 s", until it is worth trying. */
function countDown(article) {
  const button = article.querySelector("[data-wait]");
  if (!button) return;
  let left = Number(button.dataset.wait);
  const name = button.textContent;
  const tick = () => {
    button.textContent = left > 0 ? t("{name} in {left} s", { name, left }) : name;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
}
