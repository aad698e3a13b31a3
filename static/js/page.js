// What every page does: toasts, copying, showing a password, saying that the line or the session is gone.
import { startCopy } from "./copy.js";
import { startSignInAgain } from "./sign-in-again.js";
import { startToasts } from "./toast.js";
import { t } from "./words.js";

startToasts();
startCopy();
startSignInAgain();
document.querySelector("[data-autofocus]")?.focus();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const input = document.getElementById(button.dataset.reveal);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
});

function showLine() {
  document.querySelector(".offline-line")?.remove();
  if (navigator.onLine) return;
  const line = document.createElement("p");
  line.className = "offline-line";
  line.setAttribute("role", "status");
  line.textContent = t("You are offline. Nothing is lost; this page goes on when the connection is back.");
  document.body.prepend(line);
}
addEventListener("online", showLine);
addEventListener("offline", showLine);
showLine();

// Keeps the page for when ThinkBack cannot be reached. Only where the browser allows it (https or this machine).
addEventListener("load", () => navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));

// Browsers of before 2026 do not know buttons with a command; without this, "Revoke" would do nothing there.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  addEventListener("click", (event) => {
    const button = event.target.closest?.('button[command="show-modal"]');
    if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}
