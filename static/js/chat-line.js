// The slim line above the message field: what is the matter with the connection, and what helps.
import { signIn } from "./sign-in-again.js";
import { t } from "./words.js";

/** Shows `text`, with a way to the connection check (`help`), or to sign in (`out`); nothing for no text. */
export function showLine(place, text, { help = false, out = false } = {}) {
  place.hidden = !text;
  place.replaceChildren(text);
  if (help) {
    const link = Object.assign(document.createElement("a"), { href: "/settings/connection", textContent: t("Check the connection") });
    place.append(" ", link);
  }
  if (out) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: t("Sign in") });
    button.addEventListener("click", signIn);
    place.append(" ", button);
  }
}
