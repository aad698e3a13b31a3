// The model picker: a list with a search field, by mouse and by keyboard.

/** Opens, filters, chooses; `chosen()` tells `{slug, model}`. */
export function startPicker() {
  const button = document.querySelector("[data-picker]");
  const menu = document.getElementById("picker");
  const search = menu.querySelector("[data-picker-search]");
  const options = [...menu.querySelectorAll("[role=option]")];
  let active = null;
  const isSame = ({ label, name }) => label.toLowerCase() === name.toLowerCase();
  const shown = () => options.filter((option) => !option.hidden);

  function activate(option, block = "nearest") {
    active?.classList.remove("is-active");
    active = option ?? null;
    active?.classList.add("is-active");
    active?.scrollIntoView({ block });
    if (active) search.setAttribute("aria-activedescendant", active.id);
    else search.removeAttribute("aria-activedescendant");
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of options) {
      const text = `${option.dataset.label} ${option.dataset.model} ${option.dataset.name}`.toLowerCase();
      option.hidden = !words.every((word) => text.includes(word));
    }
    for (const section of menu.querySelectorAll("[data-section]")) {
      section.hidden = words.length > 0 && !section.querySelector("[role=option]:not([hidden])");
    }
    menu.querySelector("[data-picker-none]").hidden = shown().length > 0 || !words.length;
    activate(shown()[0]);
  }

  function choose(option) {
    for (const each of options) each.setAttribute("aria-selected", String(each === option));
    button.dataset.slug = option.dataset.slug;
    button.dataset.model = option.dataset.model;
    button.querySelector("[data-picker-label]").textContent = option.dataset.label;
    button.querySelector("[data-picker-name]").textContent = isSame(option.dataset) ? "" : option.dataset.name;
    menu.hidePopover();
    if (!matchMedia("(pointer: coarse)").matches) document.querySelector("[data-composer-text]").focus();
  }

  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    search.value = "";
    filter();
    activate(options.find((option) => option.getAttribute("aria-selected") === "true") ?? shown()[0], "center");
    if (!matchMedia("(pointer: coarse)").matches) search.focus(); // it would open the keyboard over the list
  });
  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    const list = shown();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.length) {
      event.preventDefault();
      activate(list[(list.indexOf(active) + step + list.length) % list.length]);
    } else if (event.key === "Enter" && active) {
      event.preventDefault();
      choose(active);
    }
  });
  menu.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  return {
    chosen: () => ({ slug: button.dataset.slug, model: button.dataset.model }),
    open: () => menu.showPopover({ source: button }),
  };
}
