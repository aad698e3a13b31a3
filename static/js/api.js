// Asks our own /api: JSON in, JSON out, CSRF put in, one kind of error.

/** What the site answered instead: `type`, `message`, `field` (or undefined), `status` (0 = not reached). */
export class ApiError extends Error {
  constructor(status, { type = "server_error", message = "Something went wrong. Try again.", field } = {}) {
    super(message);
    Object.assign(this, { name: "ApiError", status, type, field });
  }
}

const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Sends `data` (if any) to our own `url` and returns the parsed answer (null when it is empty). Throws ApiError. */
export async function request(method, url, data, { signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
  const body = data === undefined ? undefined : JSON.stringify(data);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body, signal, credentials: "same-origin" }).catch(unreachable);
  const text = await answer.text();
  if (!answer.ok) throw failure(answer, text);
  return text ? JSON.parse(text) : null;
}

function unreachable(error) {
  if (error.name === "AbortError") throw error;
  throw new ApiError(0, { type: "network_error", message: "ThinkBack cannot be reached. Check your connection, then try again." });
}

function failure(answer, text) {
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-expired"));
  try {
    return new ApiError(answer.status, JSON.parse(text).error);
  } catch {
    return new ApiError(answer.status);
  }
}
