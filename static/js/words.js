// The words of the page in its reader's language: English stands in the code, other languages in the page's catalogue.
const catalogue = JSON.parse(document.getElementById("words")?.textContent || "{}");
const page = document.documentElement;

/** The language of the page, for Intl: the reader's, whatever the browser's own is. */
export const language = page.lang || "en";

/** The reader's time zone, for Intl; the browser's where none was chosen, or it does not know the one that was. */
export const zone = known(page.dataset.zone);

const numbers = new Intl.PluralRules(language);

/** A text in the page's language, with `{names}` replaced by values. */
export function t(text, values = {}) {
  return filled([catalogue[text] ?? text].flat()[0], values);
}

/** `one` or `many`, whichever fits a count, which is `{count}` in both. Other languages may have one form, or two. */
export function counted(count, one, many, values = {}) {
  const forms = [catalogue[one] ?? [one, many]].flat();
  const form = numbers.select(count) === "one" ? forms[0] : forms.at(-1);
  return filled(form, { count, ...values });
}

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

function known(timeZone) {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return undefined;
  }
}
