// The column that holds the list of chats: shown or hidden, as wide as its owner likes; a drawer on narrow screens.
const WIDE = matchMedia("(min-width: 900px)");
const SHOWN = "thinkback-sidebar";
const WIDTH = "thinkback-sidebar-width";
const [LEAST, MOST, USUAL, STEP] = [220, 480, 260, 20]; // pixels

/** Shows, hides and resizes the column. */
export function startDrawer(root) {
  const side = root.querySelector(".chat-sidebar");
  const main = root.querySelector(".chat-main");
  const toggle = root.querySelector("[data-sidebar-toggle]");

  function show(open) {
    root.dataset.sidebar = open ? "open" : "closed";
    toggle.setAttribute("aria-expanded", String(open));
    side.inert = !open;
    main.inert = open && !WIDE.matches;
    if (open && !WIDE.matches) side.querySelector("a, button").focus();
  }

  function close() {
    show(false);
    toggle.focus();
  }

  function turn() {
    const open = root.dataset.sidebar !== "open";
    if (WIDE.matches) localStorage.setItem(SHOWN, open ? "open" : "closed");
    if (!open && side.contains(document.activeElement)) close();
    else show(open);
  }

  toggle.addEventListener("click", turn);
  root.querySelectorAll("[data-sidebar-close]").forEach((each) => each.addEventListener("click", close));
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || WIDE.matches || document.querySelector(":popover-open, dialog[open]")) return;
    event.preventDefault();
    close();
  });
  const fit = () => show(WIDE.matches && localStorage.getItem(SHOWN) !== "closed");
  WIDE.addEventListener("change", fit);
  fit();
  startResizing(root, side);
  return { turn };
}

/** By dragging the edge, by its arrow keys; a double click makes it as wide as usual. */
function startResizing(root, side) {
  const edge = root.querySelector("[data-resize]");
  const width = () => Number(edge.getAttribute("aria-valuenow"));

  function resize(wanted, keep = true) {
    const now = Math.round(Math.min(MOST, Math.max(LEAST, wanted)));
    root.style.setProperty("--sidebar", `${now}px`);
    edge.setAttribute("aria-valuenow", now);
    if (keep) localStorage.setItem(WIDTH, now);
  }

  edge.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    edge.focus();
    edge.setPointerCapture(event.pointerId);
  });
  edge.addEventListener("pointermove", (event) => {
    if (!edge.hasPointerCapture(event.pointerId)) return;
    const { left, right } = side.getBoundingClientRect();
    resize(getComputedStyle(root).direction === "rtl" ? right - event.clientX : event.clientX - left);
  });
  edge.addEventListener("dblclick", () => resize(USUAL));
  edge.addEventListener("keydown", (event) => {
    const wanted = { ArrowLeft: width() - STEP, ArrowRight: width() + STEP, Home: LEAST, End: MOST }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    resize(wanted);
  });
  resize(Number(localStorage.getItem(WIDTH)) || USUAL, false);
}
