// Light, dark, or as the system says; remembered in this browser. Runs before the first paint.

const KEY = "thinkback-theme";

/** Chooses "light", "dark" or "" (as the system says). */
function setTheme(theme) {
  if (theme) localStorage.setItem(KEY, theme);
  else localStorage.removeItem(KEY);
  apply();
}

function apply() {
  const theme = localStorage.getItem(KEY) ?? "";
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

apply();
document.addEventListener("DOMContentLoaded", apply);
addEventListener("storage", (event) => event.key === KEY && apply());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch] button");
  if (button) setTheme(button.value);
});
