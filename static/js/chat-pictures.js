// Files of messages that were sent: pictures open whole in a dialog, what was read in a file is fetched when it is opened.
import { t } from "./words.js";

/** Minds the files of every message, those to come too. */
export function startPictures(root) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  root.addEventListener("toggle", (event) => {
    if (event.target.matches("[data-file-text]") && event.target.open) read(event.target);
  }, true); // it does not bubble
}

async function read(file) {
  const shown = file.querySelector("[data-file-shown]");
  if (shown.textContent) return;
  const answer = await fetch(file.dataset.fileText).catch(() => null);
  shown.textContent = answer?.ok ? (await answer.text()) || t("There is no text in it that could be read.") : t("It could not be fetched. Close and open it to try again.");
}

function open(link) {
  const name = link.querySelector("img").alt;
  const dialog = make("dialog", "dialog picture-dialog");
  dialog.setAttribute("aria-label", name);
  const image = Object.assign(new Image(), { src: link.href, alt: name });
  const download = Object.assign(make("a", "button", t("Download")), { href: `${link.href}?download`, download: "" });
  const close = Object.assign(make("button", "button primary", t("Close")), { type: "submit" });
  const foot = make("form", "dialog-foot", download, close);
  foot.method = "dialog";
  dialog.append(make("div", "dialog-head", make("h2", "", name)), make("div", "dialog-body", image), foot);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.showModal();
  close.focus();
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
