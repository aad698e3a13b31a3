// What can be done with a block of an answer: copy, wrap or save code, copy a table for a spreadsheet.
import { copyText } from "./copy.js";

const ACTIONS = {
  "[data-copy-code]": (button) => copyText(code(button)),
  "[data-wrap-code]": wrap,
  "[data-save-code]": (button) => save(code(button), button.dataset.saveCode),
  "[data-copy-csv]": (button) => copyText(csv(button.closest("figure").querySelector("table"))),
};

/** Makes the buttons of every block work, now and later. */
export function startBlocks(root) {
  root.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(ACTIONS)) {
      const button = event.target.closest(selector);
      if (button) return act(button);
    }
  });
}

const code = (button) => button.closest("figure").querySelector("code").textContent;

function wrap(button) {
  const on = button.closest("figure").classList.toggle("is-wrapped");
  button.setAttribute("aria-pressed", String(on));
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A table as RFC 4180 has it. */
function csv(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => field(cell.textContent.trim())).join(","));
  return `${rows.join("\r\n")}\r\n`;
}

/** A spreadsheet would run what begins like a formula; a number may begin with its sign. */
function field(text) {
  const risky = /^[=@＝＋－＠]|^[+-](?![\d.,\s]*%?$)/.test(text); // the wide ones are taken for the others
  const shown = risky ? `'${text}` : text;
  return /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
