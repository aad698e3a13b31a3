// The title of the tab: what the chat is called, whether an answer is being written, and whether one came unseen.
const SITE = " · ThinkBack";
let name = document.title;
let mark = "";

const show = () => (document.title = mark + name);

/** The chat has another name. */
export function entitle(text) {
  name = text + SITE;
  show();
}

/** An answer is being written, or not any more; `ended` when it ended just now. */
export function answering(yes, ended) {
  if (yes) mark = "… ";
  else if (ended && document.hidden) mark = "✓ ";
  else if (mark === "… ") mark = "";
  show();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || mark !== "✓ ") return;
  mark = "";
  show();
});
