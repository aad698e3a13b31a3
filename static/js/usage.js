// Offers the reader's own time zone where the page counts days in another one.
import { t } from "./words.js";
const link = document.querySelector("[data-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (link && here && here !== link.dataset.zone) {
  const address = new URL(location.href);
  address.searchParams.set("tz", here);
  address.searchParams.delete("page");
  link.href = address.pathname + address.search;
  link.textContent = t("Use {zone} time", { zone: here.replaceAll("_", " ") });
  link.hidden = false;
}
