// What can be done with messages: copy, regenerate, another version, show more; and the suggestions of an empty chat.
import { request } from "./api.js";
import { copyText } from "./copy.js";
import { confirmDialog } from "./dialog.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** `regenerate(message)` asks for another answer; `decide(message, call, choice)` tells whether a tool may run; `refresh()` turns to the chosen branch, `branched()` waits for one. */
export function startActions(root, { regenerate, drop, goOn, edit, decide, refresh, branched, conversation, composer }) {
  const actions = {
    "[data-copy-answer]": (button) => copy(message(button).querySelector("[data-source]").content.textContent, button),
    "[data-copy-next]": (button) => copy(button.nextElementSibling.content.textContent, button),
    "[data-decide]": (button) => decide(message(button).dataset.message, button.closest("[data-tool]").dataset.tool, button.dataset.decide),
    "[data-regenerate]": (button) => regenerate(message(button).dataset.message),
    "[data-drop-oldest]": (button) => drop(message(button).dataset.message),
    "[data-reasoning] > summary": (summary) => (summary.parentElement.dataset.held = ""),
    "[data-continue]": (button) => goOn(message(button).dataset.message),
    "[data-edit-open]": edit,
    "[data-delete-version]": remove,
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
    await copyText(text);
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

  /** Deletes a version with all that follows it. The focus goes to what stands there then. */
  async function remove(button) {
    const article = message(button);
    const text = t("This version and everything below it will be gone. The other versions stay.");
    if (!(await confirmDialog({ title: t("Delete this version?"), text, action: t("Delete"), kind: "danger" }))) return button.focus();
    const before = article.previousElementSibling;
    const shown = branched();
    try {
      await request("DELETE", `/api/chats/${conversation()}/messages/${article.dataset.message}`);
    } catch (error) {
      return toast(error.message, "bad");
    }
    await shown;
    const after = before ? before.nextElementSibling : root.querySelector("[data-message]");
    (after?.querySelector("[data-version]:not([disabled])") ?? after?.querySelector("[data-edit-open]") ?? root.querySelector("[data-composer-text]")).focus();
  }

  function more(button) {
    const open = message(button).classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? t("Show less") : t("Show more");
  }
}
