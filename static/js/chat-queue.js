// Messages that wait for the answer: the server keeps them and sends them; every page shows them.
import { toast } from "./toast.js";
import { t } from "./words.js";

/** `ask(frame)` tells the server, `restore(text)` puts a text back into the message field. */
export function startQueue(root, { ask, restore }) {
  const box = root.querySelector("[data-queue]");
  const list = box.querySelector("[data-queue-rows]");
  const head = box.querySelector("[data-queue-head]");
  const rows = () => [...list.querySelectorAll("[data-queued]")];
  const wanted = new Map(); // id -> what comes back to the field when it is out of the line
  let streaming = false;

  function show() {
    box.hidden = !rows().length;
    head.textContent = streaming ? t("Sent when the answer is done") : t("Not sent: the answer before did not finish");
    box.classList.toggle("is-held", !streaming);
  }

  function change(html, sent) {
    const place = rows().findIndex((row) => row.contains(document.activeElement));
    list.innerHTML = html;
    show();
    for (const [id, row] of wanted) {
      if (list.querySelector(`[data-queued="${id}"]`)) continue;
      wanted.delete(id);
      if (sent === row.client) toast(t("This message was sent already."), "info");
      else if (row.text) restore(row.text);
    }
    if (place < 0) return;
    const next = rows()[Math.min(place, rows().length - 1)];
    (next?.querySelector("button") ?? root.querySelector("[data-composer-text]")).focus();
  }

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-queued]");
    const button = event.target.closest("button");
    if (!row || !button) return;
    const id = row.dataset.queued;
    if (button.matches("[data-queued-send]")) return ask({ type: "send_queued", id });
    if (button.matches("[data-queued-edit]")) wanted.set(id, { client: row.dataset.client, text: row.querySelector("[data-queued-text]").textContent });
    ask({ type: "unqueue", id });
  });

  show();
  return {
    change,
    streaming(yes) {
      streaming = yes;
      show();
    },
  };
}
