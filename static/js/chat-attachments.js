// The files of the message that is being written: added by button, paste, drop or camera, uploaded at once, shown as chips.
import { alarm, announce } from "./chat-announcer.js";
import { counted, t } from "./words.js";

const MEGABYTE = 1024 * 1024;
const WHY = {
  empty: t("“{name}” is empty."),
  too_large: t("“{name}” is larger than {most} MB."),
  no_room: t("There is no room left for “{name}”. Delete chats with files that you do not need."),
  unsupported: t("“{name}” is of a kind that cannot be used. Pictures (PNG, JPEG, WebP, GIF), PDF, Word documents and text can."),
  damaged: t("“{name}” is damaged and cannot be read."),
  locked: t("“{name}” is locked with a password. Save it without one."),
  too_many_pixels: t("“{name}” has too many pixels. Make it smaller."),
  unpacks_to_too_much: t("“{name}” unpacks to more than can be read."),
  too_much: t("“{name}” takes too long or too much memory to read."),
  storage_failed: t("“{name}” could not be stored: the file storage of this server ({store}) does not work just now. Try again."),
  network_error: t("“{name}” was not sent: ThinkBack cannot be reached. Try again."),
};
const AGAIN = ["storage_failed", "network_error", "server_error"];

/** `model()` tells `{label, images}` of the chosen one; `changed()` hears of every change. */
export function startAttachments(root, { model, changed }) {
  const tray = root.querySelector("[data-tray]");
  const note = root.querySelector("[data-tray-note]");
  const blank = root.querySelector("[data-tray-item]").content.firstElementChild;
  const adding = root.querySelector("[data-add-files]");
  const bytes = Number(adding.dataset.bytes);
  const most = Number(adding.dataset.most);
  const field = root.querySelector("[data-composer-text]");
  let items = []; // {row, name, file, upload, told}: `told` is the server's description, once it has the file

  function add(files) {
    for (const file of files) {
      if (items.filter((item) => !item.failed).length >= most) {
        alarm(t("A message takes at most {most} files.", { most }));
        break;
      }
      const item = show(file.name || t("Pasted picture"));
      item.file = file;
      if (!file.size) fail(item, "empty");
      else if (file.size > bytes) fail(item, "too_large");
      else send(item);
    }
    update();
  }

  function show(name) {
    const row = blank.cloneNode(true);
    const item = { row, name, failed: false };
    call(row, name);
    row.querySelector("[data-remove]").addEventListener("click", () => remove(item));
    row.querySelector("[data-again]").addEventListener("click", () => send(item));
    items.push(item);
    tray.append(row);
    return item;
  }

  /** The same name wherever the row tells it. */
  function call(row, name) {
    row.querySelector("[data-name]").textContent = name;
    row.querySelector("[data-remove]").title = t("Remove {name}", { name });
    row.querySelector("[data-again]").title = t("Try {name} again", { name });
    for (const button of row.querySelectorAll("[data-remove], [data-again]")) button.setAttribute("aria-label", button.title);
    row.querySelector("[data-progress]").setAttribute("aria-label", t("Sending {name}", { name }));
  }

  function send(item) {
    const { row, name, file } = item;
    const progress = row.querySelector("[data-progress]");
    item.failed = false;
    row.classList.remove("is-bad");
    row.querySelector("[data-again]").hidden = true;
    row.querySelector("[data-note]").textContent = t("Sending…");
    progress.hidden = false;
    const upload = (item.upload = new XMLHttpRequest());
    upload.open("POST", `/api/attachments?name=${encodeURIComponent(name.toWellFormed?.() ?? name)}`);
    upload.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    upload.setRequestHeader("Content-Type", "application/octet-stream");
    upload.upload.onprogress = ({ loaded, total }) => {
      progress.value = loaded / total;
      if (loaded === total) row.querySelector("[data-note]").textContent = t("Reading…");
    };
    upload.onload = () => (upload.status === 201 ? done(item, JSON.parse(upload.response)) : refused(item, upload));
    upload.onerror = () => fail(item, "network_error");
    upload.send(file);
    update();
  }

  function done(item, told) {
    Object.assign(item, { told, upload: null, file: null, name: told.name });
    const picture = item.row.querySelector(".tray-picture");
    if (told.kind === "image") {
      const image = Object.assign(new Image(), { src: `/chat/attachment/${told.id}/small`, alt: "" });
      picture.replaceChildren(image);
    }
    call(item.row, told.name);
    item.row.querySelector("[data-note]").textContent = about(told);
    item.row.querySelector("[data-progress]").hidden = true;
    announce(t("{name} added", { name: told.name }));
    update();
  }

  function refused(item, { status, response }) {
    if (status === 401) document.dispatchEvent(new CustomEvent("session-expired"));
    let error = {};
    try {
      error = JSON.parse(response).error;
    } catch {
      // a proxy before us answered in its own words
    }
    fail(item, error.type ?? "server_error", error.message);
  }

  function fail(item, type, message) {
    const words = { name: item.name, most: Math.round(bytes / MEGABYTE), store: adding.dataset.store };
    const text = WHY[type] ? t(WHY[type], words) : (message ?? t("“{name}” could not be added. Try again.", words));
    Object.assign(item, { failed: true, upload: null });
    item.row.classList.add("is-bad");
    item.row.querySelector("[data-name]").textContent = text;
    item.row.querySelector("[data-note]").textContent = "";
    item.row.querySelector("[data-progress]").hidden = true;
    item.row.querySelector("[data-again]").hidden = !AGAIN.includes(type);
    alarm(text);
    update();
  }

  /** Takes one out; the focus goes to the next, or back to the field. */
  function remove(item) {
    const place = items.indexOf(item);
    item.upload?.abort();
    if (item.told) fetch(`/api/attachments/${item.told.id}`, { method: "DELETE", headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content } }).catch(() => {});
    items.splice(place, 1);
    item.row.remove();
    announce(t("{name} removed", { name: item.name }));
    update();
    const next = items[place] ?? items.at(-1);
    (next ? next.row.querySelector("[data-remove]") : field).focus();
  }

  function update() {
    tray.hidden = !items.length;
    const { label, images } = model();
    const blind = images === "no" && items.some((item) => item.told?.kind === "image");
    note.hidden = !blind;
    note.textContent = blind ? t("{label} cannot see pictures: it is told only their names.", { label }) : "";
    changed();
  }

  function take() {
    items.forEach((item) => item.row.remove());
    items = [];
    update();
  }

  function fill(described) {
    for (const told of described) done(show(told.name), told);
  }

  /** Takes files out that another page took out. */
  function drop(ids) {
    const gone = items.filter(({ told }) => ids.includes(told?.id));
    gone.forEach((item) => item.row.remove());
    items = items.filter((item) => !gone.includes(item));
    if (gone.length) update();
  }

  // --- ways in

  for (const [button, input] of [["[data-add]", "[data-add-input]"], ["[data-camera]", "[data-camera-input]"]]) {
    const picker = adding.querySelector(input);
    adding.querySelector(button).addEventListener("click", () => picker.click());
    picker.addEventListener("change", () => {
      add([...picker.files]);
      picker.value = "";
      field.focus();
    });
  }
  document.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    const elsewhere = event.target.closest?.("input, textarea, [contenteditable]");
    if (!files.length || types.includes("text/plain") || (elsewhere && elsewhere !== field)) return; // a table is also a picture
    event.preventDefault();
    add([...files]);
    field.focus();
  });
  startDropping(root, (files) => {
    add(files);
    field.focus();
  });

  return {
    fill, take, drop, update,
    /** Those that the server has, in order, as it describes them. */
    ready: () => items.filter((item) => item.told).map((item) => item.told),
    /** Whether one is still on its way. */
    busy: () => items.some((item) => item.upload),
    open: () => adding.querySelector("[data-add-input]").click(),
  };
}

/** What is said of a file beside its name. */
function about({ kind, width, height, pages, pages_read: read, size }) {
  if (kind === "image") return `${width} × ${height}`;
  if (pages && read < pages) return t("{pages} pages, first {read} read", { pages, read });
  if (pages) return counted(pages, "1 page", "{count} pages");
  return size < MEGABYTE ? t("{size} KB", { size: Math.ceil(size / 1024) }) : t("{size} MB", { size: (size / MEGABYTE).toFixed(1) });
}

/** Files may be dropped anywhere on the page; a veil says so while they are over it. */
function startDropping(root, add) {
  const veil = Object.assign(document.createElement("p"), { className: "drop-here", textContent: t("Drop files here to add them"), hidden: true });
  let depth = 0;
  const has = (event) => event.dataTransfer?.types.includes("Files");
  const show = (yes) => (yes ? root.querySelector(".chat-main").append(veil) : veil.remove());
  veil.hidden = false;
  document.addEventListener("dragenter", (event) => has(event) && ++depth === 1 && show(true));
  document.addEventListener("dragleave", (event) => has(event) && --depth === 0 && show(false));
  document.addEventListener("dragover", (event) => has(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    add([...event.dataTransfer.files]);
  });
}
