// Says that a chat went on in another window, and shows the way there. This page stays where its reader is.

/** `show(leaf)` turns to another version. */
export function startElsewhere(root, show) {
  const note = root.querySelector("[data-elsewhere]");
  const button = note.querySelector("[data-elsewhere-show]");
  let leaf = null;

  function hide() {
    const focused = note.contains(document.activeElement);
    note.hidden = true;
    if (focused) root.querySelector("[data-composer-text]").focus();
  }

  button.addEventListener("click", () => {
    hide();
    show(leaf);
  });
  note.querySelector("[data-elsewhere-dismiss]").addEventListener("click", hide);

  return {
    hide,
    tell(text, action, id) {
      leaf = id;
      note.querySelector("[data-elsewhere-text]").textContent = text;
      button.textContent = action;
      note.hidden = false;
    },
  };
}
