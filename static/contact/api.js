/** Calls to the server; whatever goes wrong becomes a `Refused` with words. The token travels in a header only. */
import { why } from "./words.js";

export class Refused extends Error {
  constructor(status, { code, message, detail } = {}) {
    super(why({ code: code ?? "unknown", message }));
    Object.assign(this, { status, code: code ?? "unknown", detail: detail ?? {} });
  }

  /** May the same call succeed later? */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Is the chat closed to this browser? */
  get gone() {
    return [401, 403, 404].includes(this.status);
  }
}

export async function call(method, path, { token, body, fetch = globalThis.fetch } = {}) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const options = { method, headers, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(10_000) };
  const answer = await fetch(`/api/v1/contact/chats${path}`, { ...options, body: body && JSON.stringify(body) }).catch(() => null);
  if (!answer) throw new Refused(0, { code: "unreachable" });
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}
