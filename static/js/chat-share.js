// The dialog in which a chat's link is made, renewed and taken back. The server draws what it shows.
import { csrf } from "./session.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** Returns what opens it for the chat with this id. `back()` is where the focus goes afterwards. */
export function startSharing() {
  const dialog = document.querySelector("[data-share]");
  let back = null;

  async function show(url, options) {
    const answer = await fetch(url, options).catch(() => null);
    if (!answer?.ok) return false;
    dialog.innerHTML = await answer.text();
    return true;
  }

  dialog.addEventListener("click", (event) => event.target.closest("[data-cancel]") && dialog.close());
  dialog.addEventListener("close", () => back?.()?.focus());
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    const withdraws = event.submitter?.value === "withdraw";
    const headers = { "X-CSRFToken": csrf() };
    const done = await show(event.target.action, { method: "POST", headers, body: new FormData(event.target, event.submitter) });
    if (!done) return (dialog.querySelector("[data-error]").textContent = t("This did not work. Try again."));
    if (withdraws) toast(t("The link is taken back"), "good");
    const field = dialog.querySelector("[data-address]");
    (field ?? dialog.querySelector("[value=put]")).focus();
    field?.select();
  });

  return async function open(id, focusAfter) {
    if (!(await show(`/chat/${id}/share`))) return toast(t("This chat cannot be shared."), "bad");
    back = focusAfter;
    dialog.showModal();
    dialog.querySelector("[data-address], input")?.focus();
  };
}
