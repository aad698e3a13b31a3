// The model picker: its button, and what is chosen. The list is asked for when it is first wanted, for it can be long.
import { t } from "./words.js";

/** `chosen()` tells `{slug, model}`, `able()` whether that one can use tools and see pictures; `changed()` hears of another. */
export function startPicker(changed) {
  const button = document.querySelector("[data-picker]");
  const label = button.querySelector("[data-picker-label]");
  const menu = document.getElementById("picker");
  const search = menu.querySelector("[data-picker-search]");
  const purpose = menu.querySelector("[data-picker-purpose]");
  const several = menu.querySelector("[data-picker-several]");
  const chosen = () => ({ slug: button.dataset.slug, model: button.dataset.model });
  const isSeveral = () => several.getAttribute("aria-pressed") === "true";
  const isSame = ({ label, name }) => label.toLowerCase() === name.toLowerCase();
  let list = null, begun = null; // chat-models.js, on its way and there
  let picked = null; // what the next choice is for, when not for this chat
  let add = () => {}, isAdded = () => false;

  async function listed() {
    list ??= import("./chat-models.js").then(({ startModels }) => startModels(menu, { chosen, isAdded: (model) => isAdded(model), say, take }));
    try {
      return (begun = await list);
    } catch (error) {
      list = null;
      say(t("ThinkBack cannot be reached. Check your connection, then try again."));
      throw error;
    }
  }

  function say(text) {
    purpose.textContent = text;
    purpose.hidden = !text;
  }

  /** A model was chosen in the list; `beside` the one that is. */
  function take(model, beside) {
    if (picked) {
      const act = picked;
      menu.hidePopover();
      act({ slug: model.slug, model: model.model });
    } else if (beside || isSeveral()) {
      say(add(model) ?? "");
      search.focus();
    } else choose(model);
  }

  function choose(model, stays = false) {
    Object.assign(button.dataset, { slug: model.slug, model: model.model, tools: model.tools ? "yes" : "no", images: model.images ? "yes" : "no" });
    label.textContent = model.label;
    button.querySelector("[data-picker-name]").textContent = isSame(model) ? "" : model.name;
    menu.hidePopover();
    changed();
    if (!stays && !matchMedia("(pointer: coarse)").matches) document.querySelector("[data-composer-text]").focus();
  }

  menu.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    several.hidden = Boolean(picked);
    several.setAttribute("aria-pressed", "false");
    menu.classList.toggle("is-picking", Boolean(picked));
    search.value = "";
  });

  function reveal() {
    menu.showPopover({ source: button });
    focus(); // before anything is typed
  }

  function focus() {
    if (!matchMedia("(pointer: coarse)").matches) search.focus(); // it would open the keyboard over the list
  }

  function open() {
    focus();
    listed().then(() => begun.opened()).catch(() => {}); // it says so itself
  }

  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") return open();
    picked = null;
    say("");
  });
  if (menu.matches(":popover-open")) open(); // pressed before this script was there
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (begun) begun.enter(event).catch(() => {});
    else listed().then(() => begun.enter(event)).catch(() => {}); // it was typed before the list came
  });
  several.addEventListener("click", () => {
    several.setAttribute("aria-pressed", String(!isSeveral()));
    say(isSeveral() ? t("Choose the models that are asked beside {model}.", { model: label.textContent }) : "");
    search.focus();
  });

  return {
    chosen,
    /** Chooses a model by its names; tells whether it is there. The focus `stays`, or goes to the message field. */
    async pick(wanted, stays = false) {
      const found = (await (await listed()).all()).find(({ slug, model }) => slug === wanted.slug && model === wanted.model);
      if (found) choose(found, stays);
      return Boolean(found);
    },
    /** Every model, once. */
    models: async () => (await listed()).all(),
    able: () => ({ label: label.textContent, tools: button.dataset.tools, images: button.dataset.images }),
    /** Has a model chosen for something else than this chat: `act({slug, model})`. */
    ask(text, act) {
      picked = act;
      say(text);
      reveal();
    },
    /** `toggle(model)` adds a model to those asked together; it tells what stands in the way. */
    added: (toggle) => (add = toggle),
    /** Marks the models that are asked together. */
    mark(isOne) {
      isAdded = isOne;
      begun?.mark();
    },
    open: reveal,
  };
}
