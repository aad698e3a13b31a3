// One line at the foot of the page that goes by itself; bad news stays until dismissed.

import { t } from "./words.js";

const SECONDS = 6;
const UNDO_SECONDS = 20; // whoever has no mouse needs longer to get there

/** Shows `text`; `kind` is good, info, warn or bad. */
export function toast(text, kind = "info", seconds = SECONDS) {
  const list = document.querySelector(".toasts");
  const item = document.querySelector("[data-toast]").content.firstElementChild.cloneNode(true);
  item.classList.add(kind);
  item.querySelector("p").textContent = text;
  list.append(item);
  expire(item, seconds);
  stepAside();
  return item;
}

/** The same, with a way back from what was done: a button, and Ctrl+Z outside of what is written in. */
export function undoable(text, undo) {
  const note = toast(text, "good", UNDO_SECONDS);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: t("Undo"), title: t("Undo (Ctrl+Z)") });
  button.setAttribute("aria-keyshortcuts", "Control+Z");
  button.dataset.undo = "";
  button.addEventListener("click", async () => {
    await undo();
    note.remove();
  });
  note.querySelector("p").after(button);
}

function expire(item, seconds = SECONDS) {
  if (item.matches(".bad, .warn")) return;
  const gone = () => (item.matches(":hover, :focus-within") ? setTimeout(gone, 1000) : item.remove());
  setTimeout(gone, seconds * 1000);
}

/** What has the focus is never hidden: the lines go to the other end of the window then (WCAG 2.4.11). */
function stepAside() {
  const list = document.querySelector(".toasts");
  const at = document.activeElement;
  if (!list.firstElementChild || list.contains(at)) return;
  const over = list.getBoundingClientRect();
  const { left, right, top, bottom } = at.getBoundingClientRect();
  const isIn = (middle, low, high) => middle > low && middle < high;
  if (isIn((left + right) / 2, over.left, over.right) && isIn((top + bottom) / 2, over.top, over.bottom)) list.classList.toggle("is-aside");
}

function takeBack(event) {
  const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  const button = [...document.querySelectorAll("[data-undo]")].at(-1);
  if (!isUndo || !button || event.target.closest("textarea, input:not([type=checkbox])") || document.querySelector("dialog:modal")) return;
  event.preventDefault();
  button.click();
}

/** Brings the toasts to life that came with the page. */
export function startToasts() {
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast, .notice")?.remove());
  document.addEventListener("focusin", () => requestAnimationFrame(stepAside)); // after it was scrolled into sight
  document.addEventListener("keydown", takeBack);
  document.querySelectorAll(".toasts .toast").forEach((item) => expire(item));
}
