// Copies: <button data-copy="#id-of-the-text">, or data-copy-text="the text itself".
import { toast } from "./toast.js";

const wanted = (button) =>
  button.dataset.copyText ?? document.querySelector(button.dataset.copy)?.textContent ?? "";

async function copy(button) {
  try {
    await navigator.clipboard.writeText(wanted(button));
    toast("Copied", "good");
  } catch {
    toast("The browser does not allow copying here. Select the text and copy it.", "warn");
  }
}

/** Makes every copy button work, now and later. */
export function startCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (button) copy(button);
  });
}
