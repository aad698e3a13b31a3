// The session has ended: asks to sign in again in a window of its own, so that this page stays as it is.
import { confirmDialog } from "./dialog.js";
import { renewSession } from "./session.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const owner = document.querySelector('meta[name="user"]')?.content;
let asking = false, missing = false;

/** Opens the window; where the browser refuses it, this page itself goes to sign in. */
export function signIn() {
  const window = open("/accounts/login/?next=/accounts/signed-in", "sign-in", "popup,width=480,height=720");
  if (!window) location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function ask() {
  missing = true;
  if (asking) return;
  asking = true;
  const text = t("Sign in again to go on. This page stays as it is: what you wrote is kept, and what waits is sent then.");
  const yes = await confirmDialog({ title: t("You are signed out"), text, action: t("Sign in"), cancel: t("Not now") });
  asking = false;
  if (yes) signIn();
  else document.dispatchEvent(new CustomEvent("session-declined"));
}

/** Somebody has signed in: the same person goes on here; for another this page is not meant. */
async function look() {
  if (!missing) return;
  const user = await renewSession().catch(() => null);
  if (user === null) return;
  if (String(user) !== owner) return location.reload();
  missing = false;
  document.dispatchEvent(new CustomEvent("session-renewed"));
  toast(t("You are signed in again."), "good");
}

/** Listens for the end of the session, and for its return. */
export function startSignInAgain() {
  document.addEventListener("session-expired", ask);
  document.addEventListener("session-missing", () => (missing = true));
  addEventListener("focus", look);
  new BroadcastChannel("thinkback-session").addEventListener("message", look);
}
