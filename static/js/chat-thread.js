// The messages: puts in what the server sends, exactly once. Finished blocks are never touched again.

/** `change` hears that an answer began or ended. */
export function startThread(root, follow, change) {
  const list = root.querySelector("[data-thread]");
  const find = (id) => list.querySelector(`[data-message="${CSS.escape(id)}"]`);
  const isStreaming = (article) => article.dataset.status === "streaming";
  const articles = () => [...list.querySelectorAll(":scope > [data-message]")];
  const ours = (frame) => frame.conversation === root.dataset.conversation;

  function put(id, html, after) {
    const fresh = element(html);
    const old = find(id);
    if (old) keep(old, fresh);
    else after ? after.after(fresh) : list.prepend(fresh); // a page that shows none has no way to earlier ones
    if (old) old.replaceWith(fresh);
    dress(fresh);
    return fresh;
  }

  function empty() {
    const none = !articles().length;
    root.querySelector("[data-welcome]").hidden = !none;
    root.querySelector(".chat-main").classList.toggle("is-empty", none);
  }

  function turn(frame) {
    if (!ours(frame)) return;
    if (frame.articles.every((article) => find(article.id))) return change({});
    const parent = frame.parent ? find(frame.parent) : null;
    let last = parent;
    const stale = parent ? articles().slice(articles().indexOf(parent) + 1) : articles();
    stale.forEach((article) => article.remove());
    for (const article of frame.articles) last = put(article.id, article.html, last);
    empty();
    follow.grown();
    change({ began: true, model: last?.querySelector("h2 .truncate")?.textContent ?? "The model" });
  }

  function branch(frame) {
    if (!ours(frame)) return;
    const fresh = new Map(frame.articles.map((article) => [article.id, article.html]));
    const wanted = new Set(frame.ids);
    articles().forEach((article) => wanted.has(article.dataset.message) || article.remove());
    let last = null;
    for (const id of frame.ids) last = fresh.has(id) ? put(id, fresh.get(id), last) : find(id);
    empty();
    follow.grown();
    change({});
  }

  function block(frame) {
    const article = find(frame.message);
    if (!article || !isStreaming(article)) return;
    const part = article.querySelector(`[data-part="${frame.part}"]`);
    const old = part.querySelector(`:scope > [data-block="${frame.index}"]`);
    if (old && Number(old.dataset.version) >= frame.version) return;
    const fresh = document.createElement("div");
    fresh.className = "block";
    fresh.dataset.block = frame.index;
    fresh.dataset.version = frame.version;
    fresh.innerHTML = frame.html;
    if (old) old.replaceWith(fresh);
    else part.append(fresh);
    if (frame.part === "reasoning") article.querySelector("[data-reasoning]").hidden = false;
    else article.querySelector("[data-waiting]")?.remove();
    follow.grown();
  }

  function done(frame) {
    if (!find(frame.message)) return;
    const fresh = put(frame.message, frame.html);
    countDown(fresh);
    follow.grown();
    change({ ended: true, status: frame.status, words: frame.words });
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
    turn, branch, block, done,
    start() {
      list.addEventListener("click", (event) => {
        const button = event.target.closest("[data-earlier]");
        if (button) earlier(button);
      });
      articles().forEach(dress);
      follow.toEnd();
      change({});
    },
    conversation: () => root.dataset.conversation || null,
    last: () => articles().at(-1)?.dataset.message ?? null,
    streaming: () => articles().find(isStreaming)?.dataset.message ?? null,
    finished: () => articles().filter((article) => !isStreaming(article)).map((article) => article.dataset.message),
  };
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** Moves blocks that did not change from the old article into the new one, with their scroll place and selection. */
function keep(old, fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const before = [...(old.querySelector(`[data-part="${part.dataset.part}"]`)?.children ?? [])];
    [...part.children].forEach((block, index) => {
      if (before[index]?.innerHTML === block.innerHTML) block.replaceWith(before[index]);
    });
  }
  const open = old.querySelector("[data-reasoning]")?.open;
  if (open) fresh.querySelector("[data-reasoning]").open = true;
}

/** What only the browser knows: the local time, and whether a long message is cut. */
function dress(article) {
  const time = article.querySelector("[data-time]");
  if (time) {
    const moment = new Date(time.dateTime);
    time.textContent = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    time.title = moment.toLocaleString();
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
    button.textContent = left > 0 ? `${name} in ${left} s` : name;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
}
