// Whose session this page has, and the token that goes with it.
const token = () => document.querySelector('meta[name="csrf-token"]');

/** The token that shows that a request comes from a page of ours. */
export const csrf = () => token()?.content ?? "";

/** Asks whose session there is now, and takes its token: the user's id, or null for nobody. */
export async function renewSession() {
  const answer = await fetch("/accounts/session", { headers: { Accept: "application/json" }, cache: "no-store" });
  const { user, csrf_token } = await answer.json();
  if (token()) token().content = csrf_token;
  return user;
}
