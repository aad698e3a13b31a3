// One line at the foot of the page that goes by itself; bad news stays until dismissed.

const SECONDS = 6;

/** Shows `text`; `kind` is good, info, warn or bad. */
export function toast(text, kind = "info") {
  const list = document.querySelector(".toasts");
  const item = document.querySelector("[data-toast]").content.firstElementChild.cloneNode(true);
  item.classList.add(kind);
  item.querySelector("p").textContent = text;
  list.append(item);
  expire(item);
  return item;
}

function expire(item) {
  if (item.matches(".bad, .warn")) return;
  const gone = () => (item.matches(":hover, :focus-within") ? setTimeout(gone, 1000) : item.remove());
  setTimeout(gone, SECONDS * 1000);
}

/** Brings the toasts to life that came with the page. */
export function startToasts() {
  document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast, .notice")?.remove());
  document.querySelectorAll(".toasts .toast").forEach(expire);
}
