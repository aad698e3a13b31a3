// Keeps the end in sight while an answer grows, and lets go as soon as the reader wants to be elsewhere.
const NEAR = 120; // pixels from the end
const GAP = 20; // pixels above a question that stays in sight

/** `scroller` is what scrolls, `button` brings back to the end; `data-follows="question"` on it keeps the question instead. */
export function startFollowing(scroller, button) {
  const list = scroller.firstElementChild;
  let question = null; // the article that stays at the top, in that mode
  let placed = false; // it was brought there
  let extra = 0; // pixels of room below the last message, so that it can
  let following = true;
  let planned = false;
  let seen = { top: 0, height: 0, view: 0 }; // of the last scroll, to tell a reader's scrolling from what the content did
  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;

  function follow() {
    planned = false;
    if (question?.isConnected) hold();
    else if (following) scroller.scrollTop = scroller.scrollHeight;
    show();
  }

  /** Leaves so much room below that the question can stand at the top, and keeps it there until the view is full. */
  function hold() {
    const below = list.getBoundingClientRect().bottom - extra - question.getBoundingClientRect().top;
    widen(Math.max(0, scroller.clientHeight - GAP - below)); // never taken away first: that would move the reader
    if (!following || (placed && !extra)) return; // the reader has left, or the answer fills the view
    placed = true;
    scroller.scrollTop += question.getBoundingClientRect().top - scroller.getBoundingClientRect().top - GAP;
  }

  function widen(pixels) {
    extra = pixels;
    list.style.setProperty("--room", `${pixels}px`);
  }

  function show() {
    const hides = following || distance() < NEAR;
    if (button.hidden !== hides) button.hidden = hides;
  }

  function release() {
    if (scroller.scrollHeight > scroller.clientHeight) following = false;
    show();
  }

  scroller.addEventListener("wheel", (event) => event.deltaY < 0 && release(), { passive: true });
  scroller.addEventListener("touchmove", release, { passive: true });
  scroller.addEventListener("keydown", (event) => {
    if (["PageUp", "ArrowUp", "Home"].includes(event.key)) release();
  });
  list.addEventListener("focusin", (event) => list.lastElementChild.contains(event.target) || release()); // what has the focus stays in sight
  document.addEventListener("selectionchange", ({ target }) => {
    if (target !== document) return; // in a field, where each key is one
    const selection = getSelection();
    if (!selection.isCollapsed && scroller.contains(selection.anchorNode)) release();
  });
  scroller.addEventListener("scroll", () => {
    const { scrollTop: top, scrollHeight: height, clientHeight: view } = scroller;
    if (distance() < 8) following = true;
    else if (top < seen.top && height >= seen.height && view === seen.view) following = false; // the bar was dragged
    seen = { top, height, view };
    show();
  }, { passive: true });
  button.addEventListener("click", () => {
    toEnd();
    scroller.focus({ preventScroll: true });
  });
  new ResizeObserver(() => grown()).observe(scroller);
  scroller.addEventListener("load", () => grown(), true); // of a picture, which has no size before

  function grown() {
    if (planned) return;
    planned = true;
    requestAnimationFrame(follow);
  }

  function toEnd() {
    question = null;
    widen(0);
    following = true;
    grown();
  }

  /** A question of this page was put in. */
  function asked(article) {
    toEnd();
    placed = false;
    if (scroller.dataset.follows === "question") question = article;
  }

  return { grown, toEnd, asked };
}
