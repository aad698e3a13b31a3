// Keeps the end in sight while an answer grows, and lets go as soon as the reader wants to be elsewhere.
const NEAR = 120; // pixels from the end

/** `scroller` is what scrolls, `button` brings back to the end. */
export function startFollowing(scroller, button) {
  let following = true;
  let planned = false;
  let seen = { top: 0, height: 0, view: 0 }; // of the last scroll, to tell a reader's scrolling from what the content did
  const distance = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;

  function follow() {
    planned = false;
    if (following) scroller.scrollTop = scroller.scrollHeight;
    show();
  }

  function show() {
    button.hidden = following || distance() < NEAR;
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
  document.addEventListener("selectionchange", () => {
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

  function grown() {
    if (planned) return;
    planned = true;
    requestAnimationFrame(follow);
  }

  function toEnd() {
    following = true;
    grown();
  }

  return { grown, toEnd };
}
