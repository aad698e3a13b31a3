// The tools that the model is offered: a list with boxes to tick beside the message field.
import { t } from "./words.js";

/** `model()` tells `{label, tools}` of the chosen model; `chosen()` gives the keys of the tools. */
export function startTools(model) {
  const button = document.querySelector("[data-tools-button]");
  const menu = document.getElementById("tools");
  const boxes = [...menu.querySelectorAll("[data-tool-choice]")];
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);

  function show() {
    const { label, tools } = model();
    const count = chosen().length;
    const lacking = menu.querySelector("[data-tools-lacking]");
    lacking.hidden = tools !== "no";
    lacking.textContent = t("{label} cannot use tools: it is offered none.", { label });
    button.querySelector("[data-tools-count]").textContent = count || "";
    const name = toolsName(tools === "no" && label, count);
    button.querySelector("[data-tools-name]").textContent = name;
    button.title = name;
    button.classList.toggle("is-on", count > 0 && tools !== "no");
  }

  menu.addEventListener("change", show);
  menu.addEventListener("toggle", (event) => event.newState === "open" && (show(), boxes[0]?.focus()));
  show();
  return {
    chosen, show,
    choose(keys) {
      for (const box of boxes) box.checked = keys.includes(box.value);
      show();
    },
  };
}

function toolsName(unable, count) {
  if (!count) return t("Tools: none chosen");
  return unable ? t("Tools: {label} cannot use them", { label: unable }) : t("Tools: {count} chosen", { count });
}
