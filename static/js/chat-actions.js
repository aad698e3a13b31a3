// What can be done with messages: copy, regenerate, another version, show more; and the suggestions of an empty chat.
import { request } from "./api.js";
import { toast } from "./toast.js";

/** `regenerate(message)` asks for another answer; `refresh()` resolves when the page shows the chosen branch. */
export function startActions(root, { regenerate, refresh, conversation, composer }) {
  const actions = {
    "[data-copy-code]": (button) => copy(button.closest("figure").querySelector("code").textContent, button),
    "[data-copy-answer]": (button) => copy(message(button).querySelector("[data-source]").content.textContent, button),
    "[data-regenerate]": (button) => regenerate(message(button).dataset.message),
    "[data-version]": (button) => show(button),
    "[data-more]": more,
    "[data-suggestion]": (button) => composer.fill(button.dataset.suggestion),
  };

  root.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(actions)) {
      const button = event.target.closest(selector);
      if (button) return act(button);
    }
  });

  const message = (button) => button.closest("[data-message]");

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
      toast("Copied", "good");
    } catch {
      toast("The browser does not allow copying here. Select the text and copy it.", "warn");
    }
    button.focus();
  }

  /** Shows another version; the focus stays on the way that was taken, or on the way back where it ends. */
  async function show(button) {
    const leaf = button.dataset.version;
    const way = button.getAttribute("aria-label");
    try {
      await request("PATCH", `/api/chats/${conversation()}`, { leaf });
    } catch (error) {
      return toast(error.message, "bad");
    }
    await refresh();
    const article = root.querySelector(`[data-message="${CSS.escape(leaf)}"]`);
    const ways = [...(article?.querySelectorAll("[data-version]:not([disabled])") ?? [])];
    (ways.find((each) => each.getAttribute("aria-label") === way) ?? ways[0])?.focus();
  }

  function more(button) {
    const open = message(button).classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Show less" : "Show more";
  }
}
