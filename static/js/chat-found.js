// What the search leads to: its dialog, asked for when it is first opened, and the message that an address names.
import { t } from "./words.js";

/** `conversation()` is the chat that the page shows. */
export function startFound(root, conversation) {
  const dialog = document.querySelector("[data-search]");
  let search = null;

  document.querySelector("[data-search-open]").addEventListener("click", async () => {
    dialog.showModal(); // at once, for what is typed while the rest comes
    dialog.querySelector("[data-search-text]").select();
    try {
      search ??= (await import("./chat-search.js")).startSearch({ conversation, reveal: (id) => reveal(root, id) });
    } catch {
      return (dialog.querySelector("[data-search-said]").textContent = t("ThinkBack cannot be reached. Check your connection, then try again."));
    }
    search();
  });

  const wanted = new URLSearchParams(location.search).get("message");
  if (!wanted) return;
  history.replaceState({}, "", location.pathname);
  requestAnimationFrame(() => reveal(root, wanted));
}

/** Brings a message into sight, and marks it; false when the page does not show it. */
function reveal(root, id) {
  const article = root.querySelector(`[data-message="${CSS.escape(id)}"]`);
  if (!article) return false;
  article.classList.add("is-found");
  article.tabIndex = -1;
  requestAnimationFrame(() => {
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "start" });
  });
  return true;
}
