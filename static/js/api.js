// Asks our own /api: JSON in, JSON out, CSRF put in, one kind of error.
import { csrf } from "./session.js";
import { t } from "./words.js";

/** What the site answered instead: `type`, `message`, `field` (or undefined), `status` (0 = not reached). */
export class ApiError extends Error {
  constructor(status, { type = "server_error", message = t("Something went wrong. Try again."), field } = {}) {
    super(message);
    Object.assign(this, { name: "ApiError", status, type, field });
  }
}

/** Sends `data` (if any; a Blob as it is) to our own `url` and returns the parsed answer (null when it is empty). Throws ApiError. */
export async function request(method, url, data, { signal, keepalive } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
  const isFile = data instanceof Blob;
  const body = data === undefined || isFile ? data : JSON.stringify(data);
  if (body !== undefined) headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
  const answer = await fetch(url, { method, headers, body, signal, keepalive, credentials: "same-origin" }).catch(unreachable);
  const text = await answer.text();
  if (answer.status === 401) missing(method);
  if (!answer.ok) throw failure(answer, text);
  return text ? JSON.parse(text) : null;
}

function unreachable(error) {
  if (error.name === "AbortError") throw error;
  throw new ApiError(0, { type: "network_error", message: t("ThinkBack cannot be reached. Check your connection, then try again.") });
}

/** Nobody is asked to sign in for what a page reads by itself: that would take the keys from under his hands. */
function missing(method) {
  document.dispatchEvent(new CustomEvent(method === "GET" ? "session-missing" : "session-expired"));
}

function failure(answer, text) {
  try {
    return new ApiError(answer.status, JSON.parse(text).error);
  } catch {
    return new ApiError(answer.status);
  }
}
