// The connection check: tries each way to the server, says what is broken, and shows how to mend it.
import { csrf } from "./session.js";
import { t } from "./words.js";

const PATIENCE = 5000; // milliseconds for a WebSocket's word
const LARGE = 2 * 1024 * 1024;
const list = document.querySelector("[data-steps]");
const verdict = document.querySelector("[data-verdict]");
const again = document.querySelector("[data-check-again]");
const seen = async (probe = "") => (await fetch(`/settings/connection/seen?probe=${probe}`)).json();

/** Each check returns [what was found, the fix that it needs]. */
const CHECKS = [
  [t("Address"), address],
  [t("WebSocket"), socket],
  [t("Server-sent events"), events],
  [t("Large requests"), large],
];

async function address() {
  const facts = await seen();
  document.querySelector("[data-client]").textContent = facts.client && t("It comes from {client}.", { client: facts.client });
  if (facts.host !== location.host)
    return [t("The header Host arrives as {host}, not as {expected}.", { host: facts.host, expected: location.host }), "host"];
  if (`${facts.scheme}:` === location.protocol) return [t("Host and scheme arrive as {host}, {scheme}.", facts)];
  if (!facts.forwarded_proto) return [t("The header X-Forwarded-Proto is missing."), "proto"];
  return [t("The header X-Forwarded-Proto arrives, from {client}, which THINKBACK_TRUSTED_PROXIES does not name.", facts), "proto"];
}

/** What a WebSocket's server answers; null where it answers nothing. */
function word(probe) {
  return new Promise((resolve) => {
    const trial = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/ws/connection?probe=${probe}`);
    const none = () => resolve(null);
    trial.onopen = () => trial.send("hello");
    trial.onmessage = (event) => resolve(JSON.parse(event.data));
    trial.onerror = trial.onclose = none;
    setTimeout(() => (none(), trial.close()), PATIENCE);
  });
}

async function socket() {
  const probe = Math.random().toString(36).slice(2);
  const answer = await word(probe);
  if (answer?.accepted) return [t("Works both ways.")];
  if (answer) return [t("It opens, but its Origin {origin} does not fit the header Host {host}.", answer), "host"];
  const { socket: came } = await seen(probe);
  if (!came) return [t("It did not arrive at the server: what stands between refuses it."), "upgrade"];
  if (came.came === "http") return [t("It arrived without its header Upgrade."), "upgrade"];
  return [t("It arrived and was opened, but what is sent over it does not get through."), "upgrade"];
}

async function events() {
  const answer = await fetch("/settings/connection/events", { cache: "no-store" });
  const reader = answer.body.getReader();
  const times = [];
  for (;;) {
    const { done } = await reader.read();
    if (done) break;
    times.push(performance.now());
  }
  if (!answer.ok || !times.length) return [t("They did not arrive."), "buffering"];
  const spread = times.at(-1) - times[0];
  if (spread < 400) return [t("They came together in the end, not one by one."), "buffering"];
  return [t("They come one by one.")];
}

async function large() {
  const headers = { "X-CSRFToken": csrf(), "Content-Type": "application/octet-stream" };
  const answer = await fetch("/settings/connection/size", { method: "POST", headers, body: new Uint8Array(LARGE) });
  if (!answer.ok) return [t("2 MB were refused with status {status}.", answer), "size"];
  return (await answer.json()).bytes === LARGE ? [t("2 MB arrived whole.")] : [t("2 MB did not arrive whole."), "size"];
}

function show(name, ok, text) {
  const line = document.createElement("li");
  line.className = ok ? "ok" : "failed";
  const said = document.createElement("span");
  const strong = Object.assign(document.createElement("strong"), { textContent: name });
  const state = Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ok ? t(": passed") : t(": failed") });
  said.append(strong, " ", text, state);
  line.append(said);
  list.append(line);
}

async function check() {
  again.disabled = true;
  list.replaceChildren();
  document.querySelectorAll("[data-fix]").forEach((fix) => (fix.hidden = true));
  verdict.textContent = t("Checking…");
  let broken = 0;
  for (const [name, run] of CHECKS) {
    const [text, fix] = await run().catch(() => [t("The server was not reached."), "none"]);
    show(name, !fix, text);
    document.querySelector(`[data-fix="${fix}"]`)?.removeAttribute("hidden");
    if (fix) broken += 1;
  }
  verdict.textContent = broken ? t("What to change stands below.") : t("Everything gets through.");
  again.disabled = false;
}

again.addEventListener("click", check);
check();
