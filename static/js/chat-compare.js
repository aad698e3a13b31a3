// Several models on one question: those that are asked beside the first, and what is done with their answers.
import { t } from "./words.js";

const KEY = "thinkback-compare";
const MOST = 4; // models in all

/** `picker` offers models, `ask(frame)` asks the server. `beside()` gives the models to ask beside the chosen one. */
export function startComparing(root, picker, ask) {
  const chips = root.querySelector("[data-chips]");
  let models = restored();

  const isSame = (one, other) => one.slug === other.slug && one.model === other.model;
  const has = (model) => models.some((each) => isSame(each, model));

  function show() {
    chips.replaceChildren(...models.map(chip));
    chips.hidden = !models.length;
    chips.closest(".chat-main").classList.toggle("asks-several", models.length > 0);
    sessionStorage.setItem(KEY, JSON.stringify(models));
    picker.mark((model) => has(model));
  }

  function chip(model) {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { className: "truncate", textContent: model.label, title: `${model.label}, ${model.name}` });
    const cross = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
    cross.setAttribute("aria-label", t("Do not ask {model}", { model: model.label }));
    cross.addEventListener("click", () => {
      remove(model);
      (chips.querySelector("button") ?? document.querySelector("[data-picker]")).focus();
    });
    item.className = "chip";
    item.append(name, cross);
    return item;
  }

  function remove(model) {
    models = models.filter((each) => !isSame(each, model));
    show();
  }

  /** Adds a model, or takes it away again; tells what stands in the way. */
  function toggle(model) {
    if (has(model)) return remove(model);
    if (isSame(model, picker.chosen())) return t("{model} is asked already.", { model: model.label });
    if (models.length >= MOST - 1) return t("At most {count} models are asked at a time.", { count: MOST });
    models.push({ slug: model.slug, model: model.model, label: model.label, name: model.name });
    show();
  }

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stop], [data-keep], [data-merge], [data-column]");
    if (!button) return;
    const message = button.closest("[data-message]").dataset.message;
    if ("stop" in button.dataset) ask({ type: "stop", message });
    else if ("keep" in button.dataset) ask({ type: "keep", message });
    else if ("merge" in button.dataset) picker.ask(t("Which model writes the merged answer?"), (model) => ask({ type: "merge", comparison: message, ...model }));
    else column(button.dataset.column);
  });

  function column(id) {
    const article = root.querySelector(`[data-columns] [data-message="${CSS.escape(id)}"]`);
    article.scrollIntoView({ inline: "start", block: "nearest" });
  }

  picker.added(toggle);
  show();
  return {
    beside: () => models.filter((model) => !isSame(model, picker.chosen())).map(({ slug, model }) => ({ slug, model })),
    toggle,
    /** Has a model chosen whose answer is put beside one that is there. */
    widen: (message) => picker.ask(t("Compare with which model?"), (model) => ask({ type: "compare", message, ...model })),
  };
}

function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}
