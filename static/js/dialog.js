// Asks before something that cannot be undone.

/** Resolves to true when the person agrees. `kind` "danger" colours the action. */
export function confirmDialog({ title, text, action = "Continue", cancel = "Cancel", kind = "" }) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const heading = part("div", "dialog-head", part("h2", "", title));
  heading.firstChild.id = "confirm-title";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  const no = button(cancel, "button", "no");
  const form = part("form", "dialog-foot", no, button(action, `button primary ${kind}`, "yes"));
  form.method = "dialog";
  dialog.append(heading, part("div", "dialog-body", part("p", "", text)), form);
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

function button(text, className, value) {
  const element = part("button", className, text);
  Object.assign(element, { type: "submit", value });
  return element;
}
