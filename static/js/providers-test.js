// The connection test, a step at a time: the server sends one line of JSON as each step ends.
import { t } from "./words.js";

const STEPS = [["reach", t("Connection")], ["key", t("Key")], ["models", t("Models")], ["answer", t("One token")]];

/** Makes the test's form show its steps on the spot; with data-begin it starts by itself. */
export function startTest(form) {
  const button = form.querySelector("button");
  const place = form.closest(".card").querySelector("[data-test-result]");
  const run = async () => {
    button.setAttribute("aria-busy", "true");
    await test(form.dataset.test, place);
    button.removeAttribute("aria-busy");
    await renew();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") !== "true") run();
  });
  if ("begin" in form.dataset) run();
}

/** Shows what the test has changed around it: the state, the list at the side, the models. */
async function renew() {
  const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const selector of [".providers-list", ".one-head", "[data-problem]", ".key-line", "#models"]) {
    const old = document.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
}

async function test(url, place) {
  place.hidden = false;
  const list = place.querySelector(".steps");
  list.replaceChildren(...STEPS.map(([name, title], index) => item({ name, title }, index ? "pending" : "running")));
  let failed = false;
  try {
    for await (const step of steps(url)) {
      list.querySelector(`[data-step="${step.name}"]`).replaceWith(item(step, step.ok ? "ok" : "failed"));
      failed ||= !step.ok;
      list.querySelector(".pending, .running")?.setAttribute("class", failed ? "skipped" : "running");
    }
    settle(list);
  } catch {
    settle(list);
    list.append(item({ name: "lost", title: t("Test"), message: t("ThinkBack could not be reached."), fix: t("Check your connection, then test again.") }, "failed"));
  }
}

function settle(list) {
  for (const rest of list.querySelectorAll(".pending, .running")) rest.className = "skipped";
}

async function* steps(url) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/x-ndjson", "X-CSRFToken": token },
    credentials: "same-origin",
  });
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-expired"));
  if (!answer.ok) throw new Error(String(answer.status));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) yield JSON.parse(line);
  }
}

function item({ name, title, message = "", ms = null, fix = "", link = "" }, state) {
  const element = document.createElement("li");
  element.className = state;
  element.dataset.step = name;
  const words = part("span", "", part("strong", "", title), ` ${message}`);
  if (state === "ok" || state === "failed") words.append(part("span", "visually-hidden", state === "ok" ? t(": passed") : t(": failed")));
  element.append(words, part("span", "number muted", ms === null ? "" : `${ms} ms`));
  if (fix) element.append(detail(fix, link));
  return element;
}

function detail(fix, link) {
  const element = part("span", "detail", fix);
  if (link) {
    const anchor = Object.assign(part("a", "", t("Open its site")), { href: link, target: "_blank", rel: "noreferrer" });
    element.append(" ", anchor);
  }
  return element;
}

function part(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
