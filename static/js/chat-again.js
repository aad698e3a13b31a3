// The menu of ways to another answer: the same model or another one, shorter or longer.

/** `regenerate(message, more)` asks for it, `pick()` opens the list of models, `compare(message)` puts another model's beside it. */
export function startAgain(root, { regenerate, pick, compare }) {
  const menu = root.querySelector("[data-again-menu]");
  const items = [...menu.querySelectorAll("[data-again-how]")];
  let message = null; // whose menu is open
  let waits = null; // for a model to be chosen

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-again]");
    if (button) message = button.closest("[data-message]").dataset.message;
  });
  menu.addEventListener("toggle", (event) => event.newState === "open" && items[0].focus());
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  menu.addEventListener("click", (event) => {
    const how = event.target.closest("[data-again-how]")?.dataset.againHow;
    if (!how) return;
    menu.hidePopover();
    if (how === "other") {
      waits = message;
      pick();
    } else if (how === "compare") compare(message);
    else regenerate(message, how === "same" ? {} : { manner: how });
  });
  document.getElementById("picker").addEventListener("toggle", (event) => event.newState === "closed" && (waits = null));

  return {
    /** A model was chosen; `model` is what it is asked by. */
    picked(model) {
      if (waits) regenerate(waits, model);
      waits = null;
    },
  };
}
