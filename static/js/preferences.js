// Choices that are saved as soon as they are made.
import { request } from "./api.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const form = document.querySelector("[data-preferences]");
const saved = document.querySelector("[data-saved]");
let fading;

/** What a field says; null for a number that is left empty. */
function value(field) {
  if (field.type === "checkbox") return field.checked;
  if (field.type === "radio") return field.value;
  if ("text" in field.dataset) return field.value.trim();
  const text = field.value.trim().replace(",", ".");
  return text ? Number(text) : null;
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", async ({ target }) => {
  const wanted = value(target);
  const is = Number.isNaN(wanted);
  if (target.type === "text") target.setAttribute("aria-invalid", String(is));
  if (is) return toast(t("Enter a number, or leave it empty."), "warn");
  try {
    await request("PATCH", "/api/preferences", { [target.name]: wanted });
  } catch (error) {
    target.setAttribute("aria-invalid", "true");
    return toast(error.message, "bad");
  }
  clearTimeout(fading);
  saved.textContent = `✓ ${t("Saved")}`;
  fading = setTimeout(() => (saved.textContent = ""), 3000);
});
