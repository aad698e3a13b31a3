// Editing a message where it stands: what is saved becomes another version beside it. What was typed survives a reload.
import { t } from "./words.js";

const KEY = "thinkback-edit-";

/** `send(message, role, text)` sends it and tells under which id that is answered, or nothing where it cannot. */
export function startEditing(root, { send }) {
  const field = root.querySelector("[data-composer-text]");
  const template = root.querySelector("[data-edit-form]");
  const sent = new Map(); // id -> form: what is on its way
  const written = (article) => article.querySelector("[data-source]").content.textContent;

  function open(article, back) {
    if (article.querySelector("[data-edit]")) return article.querySelector("[data-edit-text]").focus();
    const form = template.content.firstElementChild.cloneNode(true);
    const text = form.querySelector("[data-edit-text]");
    const key = KEY + article.dataset.message;
    const isMine = article.classList.contains("user");
    if (!isMine) form.querySelector("[data-edit-save]").textContent = t("Save as a version");
    text.value = sessionStorage.getItem(key) ?? written(article);
    article.classList.add("is-editing");
    article.append(form);

    function close() {
      sessionStorage.removeItem(key);
      article.classList.remove("is-editing");
      form.remove();
      (back?.isConnected ? back : field).focus();
    }

    text.addEventListener("input", () => {
      fit(text);
      sessionStorage.setItem(key, text.value);
    });
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") event.preventDefault(), event.stopPropagation(), close();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.preventDefault(), form.requestSubmit();
    });
    form.querySelector("[data-edit-cancel]").addEventListener("click", close);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!text.value.trim() || form.hasAttribute("aria-busy")) return text.focus();
      const id = send(article.dataset.message, isMine ? "user" : "assistant", text.value.trim());
      if (!id) return;
      sent.set(id, { form, key });
      form.setAttribute("aria-busy", "true");
    });
    fit(text);
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
  }

  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.isComposing || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = [...root.querySelectorAll("article.user")].at(-1);
    if (field.value || !last) return;
    event.preventDefault();
    open(last, field);
    last.scrollIntoView({ block: "nearest" });
  });

  return {
    open: (button) => open(button.closest("[data-message]"), button),
    /** The server has it; whether it was ours. */
    settle(id) {
      const one = sent.get(id);
      if (!one) return false;
      sessionStorage.removeItem(one.key);
      return sent.delete(id);
    },
    /** The server did not take it: it stands there to be sent again; whether it was ours. */
    refuse(id) {
      const one = sent.get(id);
      one?.form.removeAttribute("aria-busy");
      one?.form.querySelector("[data-edit-text]").focus();
      return sent.delete(id);
    },
  };
}

function fit(text) {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}
