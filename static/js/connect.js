// The connect page: a choice shows at once.

const form = document.querySelector("[data-choice]");
document.body.classList.add("is-live");
form?.querySelector("button")?.setAttribute("hidden", "");
form?.addEventListener("change", () => form.requestSubmit());
