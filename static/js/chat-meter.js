// The ring beside the message field: what of the model's context is taken, what the message will cost; and a question before a dear one.
import { request } from "./api.js";
import { preferences } from "./chat-preferences.js";
import { costOf, dollars, tokensIn } from "./chat-tokens.js";
import { t } from "./words.js";

const USUAL = 800; // tokens of an answer where there was none yet
const ROOM = 4096; // kept free for it where its longest is not set
const SOON = 300; // milliseconds

/** `models()` are those that are asked, each `{slug, model, label}`; `changed()` when any of this is another one. */
export function startMeter(root, { conversation, models, tools, controls, files, send, pick }) {
  const button = root.querySelector("[data-meter]");
  const panel = root.querySelector("[data-meter-panel]");
  const field = root.querySelector("[data-composer-text]");
  const guard = root.querySelector("[data-guard]");
  let facts = null; // what the server told last
  let waiting, typing = 0, agreed = null;

  // --- what is known

  function changed() {
    clearTimeout(waiting);
    waiting = setTimeout(load, SOON);
  }

  async function load() {
    const query = new URLSearchParams(models().map(({ slug, model }) => ["model", `${slug}/${model}`]));
    for (const tool of tools()) query.append("tool", tool);
    if (conversation()) query.append("chat", conversation());
    try {
      facts = await request("GET", `/api/chats/context?${query}`);
    } catch {
      return; // the ring keeps what it shows; sending does not depend on it
    }
    controls.mark(facts.models[0]?.unused ?? []);
    show();
    mark();
  }

  /** The parts of the context in tokens, and the costs: about, and at most. Unknown is null. */
  function reckon() {
    if (!facts) return null;
    const { system, parameters } = controls.values();
    const { ratio, tokens, typical } = facts.history;
    const parts = {
      system: Math.round(tokensIn(system) * ratio),
      tools: Math.round(facts.tools * ratio),
      history: tokens,
      files: files().reduce((sum, file) => sum + (file.tokens ?? 0), 0),
      message: Math.round(tokensIn(field.value) * ratio),
    };
    const input = Object.values(parts).reduce((sum, one) => sum + one, 0);
    const longest = parameters.max_output_tokens ?? null;
    const usual = Math.min(typical ?? USUAL, longest ?? Infinity);
    const sizes = facts.models.map((model) => model.context).filter(Boolean);
    const context = sizes.length === facts.models.length && sizes.length ? Math.min(...sizes) : null;
    const room = context === null ? null : Math.min(longest ?? ROOM, context / 2);
    const about = sum(facts.models.map(({ prices }) => costOf(prices, input, usual)));
    const most = sum(facts.models.map(({ prices, max_output }) => {
      const output = longest ?? max_output;
      return output ? costOf(prices, input, output) : null;
    }));
    return { parts, input, context, room, about, most, over: context === null ? 0 : Math.max(0, input + room - context) };
  }

  // --- showing

  function show() {
    const now = reckon();
    if (!now) return;
    const share = now.context ? Math.min(1, now.input / now.context) : 0;
    button.hidden = false;
    button.querySelector("[data-meter-arc]").setAttribute("stroke-dasharray", `${(share * 100).toFixed(1)} 100`);
    button.dataset.level = now.over ? "bad" : share > 0.75 ? "warn" : "";
    const name = now.context
      ? t("Context: about {used} of {all} tokens, {share} %", { used: number(now.input), all: number(now.context), share: Math.round(share * 100) })
      : t("Context: about {used} tokens; the size of this model’s is not known", { used: number(now.input) });
    button.setAttribute("aria-label", name);
    button.title = name;
    if (panel.matches(":popover-open")) detail(now);
  }

  function detail(now) {
    const words = { system: t("System prompt"), tools: t("Tools"), history: t("History"), files: t("Files"), message: t("This message") };
    const rows = Object.entries(now.parts).map(([name, tokens]) => [words[name], about(tokens, name === "history" && facts.history.exact), name]);
    if (now.context) {
      rows.push([t("Room for the answer"), number(now.room), "room"]);
      rows.push([t("Free"), now.over ? t("{count} too many", { count: number(now.over) }) : number(now.context - now.input - now.room), "free"]);
    }
    fill("[data-meter-rows]", rows);
    for (const segment of panel.querySelectorAll("[data-segment]")) {
      const tokens = segment.dataset.segment === "room" ? now.room : now.parts[segment.dataset.segment];
      segment.setAttribute("width", now.context ? String(Math.min(100, (tokens / now.context) * 100)) : "0");
    }
    let x = 0;
    for (const segment of panel.querySelectorAll("[data-segment]")) {
      segment.setAttribute("x", String(x));
      x += Number(segment.getAttribute("width"));
    }
    const { usd, branch_usd: branch, unpriced } = facts.spent;
    const costs = [[t("This message"), price(now)]];
    if (facts.spent.calls) {
      costs.push([t("What is shown, so far"), branch === null ? t("unknown") : dollars(branch)]);
      costs.push([t("The whole chat"), usd === null ? t("unknown") : dollars(usd) + (unpriced ? ` + ${t("{count} without a price", { count: unpriced })}` : "")]);
    }
    fill("[data-meter-costs]", costs);
    panel.querySelector("[data-meter-dropped]").hidden = !facts.history.dropped;
    panel.querySelector("[data-meter-dropped]").textContent = t("The model is not told of the {count} oldest messages.", { count: facts.history.dropped });
  }

  function price({ about: usual, most }) {
    if (usual === null) return t("price unknown");
    return most !== null && most > usual ? t("about {usual}, at most {most}", { usual: dollars(usual), most: dollars(most) }) : t("about {usual}", { usual: dollars(usual) });
  }

  function fill(selector, rows) {
    panel.querySelector(selector).replaceChildren(...rows.flatMap(([word, value, kind]) => {
      const term = Object.assign(document.createElement("dt"), { textContent: word });
      if (kind) term.dataset.kind = kind;
      return [term, Object.assign(document.createElement("dd"), { textContent: value })];
    }));
  }

  /** Shows in the conversation from where on the model is told of it. */
  function mark() {
    root.querySelector("[data-cut]")?.removeAttribute("data-cut");
    const first = facts.history.cut && root.querySelector(`[data-message="${CSS.escape(facts.history.cut)}"]`);
    first?.setAttribute("data-cut", t("What stands above is not sent to the model"));
  }

  // --- before sending

  /** Whether a message may go now. If not, the reader is asked, who may send it anyway. */
  function allows(text) {
    const now = reckon();
    if (!now || agreed === text) {
      agreed = null;
      ask("");
      return true;
    }
    const limit = preferences.cost_guard;
    if (now.over && !controls.values().parameters.drop_oldest) {
      ask(t("This is about {count} tokens too long for {model}.", { count: number(now.over), model: models()[0].label }), true);
    } else if (now.about !== null && limit !== null && limit !== undefined && now.about >= limit) {
      ask(t("This message costs {price}.", { price: price(now) }), false);
    } else {
      ask("");
      return true;
    }
    return false;
  }

  function ask(text, long = false) {
    guard.hidden = !text;
    guard.querySelector("[data-guard-text]").textContent = text;
    guard.querySelectorAll("[data-guard-long]").forEach((each) => {
      each.hidden = !long || (each.dataset.guardAct === "drop" && !facts.history.tokens); // there is nothing to leave out
    });
    if (text) guard.querySelector("button:not([hidden])").focus();
  }

  const acts = {
    send() {
      agreed = field.value.trim();
      ask("");
      send();
    },
    drop() {
      controls.set("drop_oldest", true);
      acts.send();
    },
    model() {
      ask("");
      pick();
    },
    cancel() {
      ask("");
      field.focus();
    },
  };
  guard.addEventListener("click", ({ target }) => acts[target.closest("[data-guard-act]")?.dataset.guardAct]?.());
  guard.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    acts.cancel();
  });
  field.addEventListener("input", () => {
    if (!guard.hidden) ask("");
    typing ||= setTimeout(() => {
      typing = 0;
      show();
    }, SOON);
  });
  panel.addEventListener("toggle", (event) => event.newState === "open" && reckon() && detail(reckon()));
  changed();
  return { changed, allows, show };
}

const number = (count) => Math.round(count).toLocaleString();
const about = (tokens, exact) => (exact || !tokens ? number(tokens) : t("about {count}", { count: number(tokens) }));
const sum = (costs) => (costs.length && costs.every((cost) => cost !== null) ? costs.reduce((all, one) => all + one, 0) : null);
