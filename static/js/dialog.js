// Asks before something that cannot be undone.
import { t } from "./words.js";

/** Resolves to true when the person agrees. `kind` "danger" colours the action; `typed` is a number to be typed before. */
export function confirmDialog({ title, text, action = t("Continue"), cancel = t("Cancel"), kind = "", typed = "" }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = part("div", "dialog-head", part("h2", "", title));
  heading.firstChild.id = "confirm-title";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  const no = button(cancel, "button", "no");
  const form = part("form", "dialog-foot", no, button(action, `button primary ${kind}`, "yes"));
  form.method = "dialog";
  const body = part("div", "dialog-body", part("p", "", text));
  if (typed) {
    no.formNoValidate = true;
    form.id = "confirm-form";
    form.prepend(Object.assign(button("", "", "yes"), { hidden: true })); // what Enter in the field presses
    body.append(field(typed));
  }
  dialog.append(heading, body, form);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function part(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function field(typed) {
  const input = part("input", "input");
  Object.assign(input, { id: "confirm-typed", required: true, pattern: typed, inputMode: "numeric", autocomplete: "off" });
  input.setAttribute("form", "confirm-form");
  const label = part("label", "", t("Type {typed} to go on", { typed }));
  label.htmlFor = input.id;
  return part("div", "field", label, input);
}

function button(text, className, value) {
  const element = part("button", className, text);
  Object.assign(element, { type: "submit", value });
  return element;
}
