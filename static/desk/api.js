/** The desk's HTTP surface. Answers are JSON; everything else is an ApiError with a code and words. */

const UNREACHABLE = "The server cannot be reached. Nothing was changed; try again in a moment.";
const SILENT = "The server did not answer in time. Look whether it was done before you try again.";
const PATIENCE = 15_000; // over a line that died without a word browsers wait for minutes
const WORDLESS = "The server could not do that. Try again; if it stays so, tell your administrator.";

export class ApiError extends Error {
  constructor({ status = 0, code = "unreachable", message = UNREACHABLE, detail = {} } = {}) {
    super(message);
    Object.assign(this, { status, code, detail });
  }
}

/** `token()` gives the CSRF token; `signedOut()` is called for each 401, `locked()` for each refusal behind the lock. */
export class Api {
  constructor({ base, token, signedOut = () => {}, locked = () => {}, fetch = (...args) => globalThis.fetch(...args) }) {
    Object.assign(this, { base, token, signedOut, locked, fetch });
  }

  get(path, query = {}, { signal } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const search = new URLSearchParams(given).toString();
    return this.#call("GET", search ? `${path}?${search}` : path, undefined, signal);
  }

  post(path, body = {}) {
    return this.#call("POST", path, body);
  }

  put(path, body) {
    return this.#call("PUT", path, body);
  }

  delete(path) {
    return this.#call("DELETE", path);
  }

  async #call(method, path, body, signal) {
    const answer = await this.#reach(method, path, body, signal);
    const data = await answer.json().catch(wordless);
    if (answer.ok) return data ?? {};
    if (answer.status === 401) this.signedOut();
    if (data?.code === "locked") this.locked();
    throw refusal(answer.status, data);
  }

  async #reach(method, path, body, signal) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.token();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const late = AbortSignal.timeout(PATIENCE);
    const request = { method, headers, credentials: "same-origin", body: body && JSON.stringify(body) };
    try {
      return await this.fetch(this.base + path, { ...request, signal: signal ? AbortSignal.any([signal, late]) : late });
    } catch (error) {
      throw unreached(error);
    }
  }
}

/** An answer may be empty, or a proxy's page; one that broke off is none. */
function wordless(error) {
  if (error instanceof SyntaxError) return null;
  throw unreached(error);
}

function unreached(error) {
  return error.name === "TimeoutError" ? new ApiError({ code: "no_answer", message: SILENT }) : new ApiError();
}

function refusal(status, data) {
  const { code, message, detail } = data ?? {};
  return new ApiError({ status, code: code ?? `http_${status}`, message: message ?? WORDLESS, detail: detail ?? {} });
}
