// Presets: a chat's model, system prompt, settings and tools in one choice; and saving those of this chat as one.
import { request } from "./api.js";
import { toast } from "./toast.js";
import { language, t, zone } from "./words.js";

const lists = {}; // address -> promise of what is there, asked for once

/** The presets or saved prompts of the reader. */
export function listed(url) {
  lists[url] ??= request("GET", url).then(({ results }) => results, (error) => {
    delete lists[url];
    throw error;
  });
  return lists[url];
}

/** `use(id)` begins this chat with a preset; the focus `stays` where it is, or goes to the message field. */
export function startPresets(root, { controls, picker, tools, composer }) {
  const select = root.querySelector("[data-controls-preset]");
  const cards = [...root.querySelectorAll("[data-preset]")];

  async function use(id, stays = false) {
    let preset;
    try {
      preset = (await listed("/api/presets")).find((one) => one.id === id);
    } catch (error) {
      return toast(error.message, "bad");
    }
    if (!preset) return toast(t("This preset is not there any more. Load the page again."), "warn");
    controls.fill(preset);
    tools.choose(preset.tools);
    if (preset.model && !(await picker.pick(preset, stays).catch(() => false))) toast(t("{model} is not among your models now; the chosen one stays.", preset), "warn");
    select.value = id;
    for (const card of cards) card.setAttribute("aria-pressed", String(card.dataset.preset === id));
    return preset;
  }

  select.addEventListener("change", () => select.value && use(select.value, true));
  for (const card of cards) {
    card.addEventListener("click", async () => {
      const preset = await use(card.dataset.preset);
      if (preset) composer.focus();
    });
  }

  root.querySelector("[data-controls-save]").addEventListener("click", async () => {
    const name = t("Preset of {day}", { day: new Date().toLocaleString(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", timeZone: zone }) });
    try {
      const made = await request("POST", "/api/presets", { name, ...picker.chosen(), tools: tools.chosen(), ...controls.values() });
      location.assign(`/settings/presets/${made.id}`);
    } catch (error) {
      toast(error.message, "bad");
    }
  });

  return { use };
}
