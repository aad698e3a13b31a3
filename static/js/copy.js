// Copies: <button data-copy="#id-of-the-text">, or data-copy-text="the text itself".
import { toast } from "./toast.js";
import { t } from "./words.js";

const wanted = (button) =>
  button.dataset.copyText ?? document.querySelector(button.dataset.copy)?.textContent ?? "";

/** Copies a text, and says whether that worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("Copied"), "good");
  } catch {
    toast(t("The browser does not allow copying here. Select the text and copy it."), "warn");
  }
}

/** Makes every copy button work, now and later. */
export function startCopy() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-text]");
    if (button) copyText(wanted(button));
  });
}
