// Chats that are not kept: begun with the button above, kept after all with the one below.
import { request } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** `asks()` is what a first message carries; `refresh()` has the list fetched anew. */
export function startTemporary(root, { conversation, refresh }) {
  const button = root.querySelector("[data-temporary]");
  const line = root.querySelector("[data-temporary-line]");
  const keep = root.querySelector("[data-keep-chat]");
  const is = () => "isTemporary" in root.dataset;

  function show(yes) {
    root.toggleAttribute("data-is-temporary", yes);
    button?.setAttribute("aria-pressed", String(yes));
    line.hidden = !yes;
  }

  button?.addEventListener("click", () => {
    show(!is());
    root.querySelector("[data-composer-text]").focus();
  });
  keep.addEventListener("click", async () => {
    try {
      await request("PATCH", `/api/chats/${conversation()}`, { temporary: false });
    } catch (error) {
      return toast(error.message, "bad");
    }
    show(false);
    button?.remove();
    refresh();
    toast(t("Saved. It is in your list now."), "good");
    root.querySelector("[data-composer-text]").focus();
  });

  return {
    asks: () => (!conversation() && is() ? { temporary: true } : {}),
    adopted() {
      if (button && is()) button.disabled = true;
      else button?.remove();
      keep.hidden = !is();
    },
  };
}
