import assert from "node:assert/strict";
import { test } from "node:test";
import { Api } from "../../static/desk/api.js";

function api(status, body, seen = {}) {
  const fetch = async (url, request) => {
    Object.assign(seen, { url, ...request });
    return { ok: status < 400, status, json: async () => JSON.parse(body) };
  };
  return new Api({ base: "/api/v1/", token: () => "the-token", fetch, signedOut: () => (seen.out = true) });
}

test("commands carry the token, questions do not", async () => {
  const seen = {};
  await api(200, "{}", seen).post("me/status", { status: "ready" });
  assert.deepEqual([seen.method, seen.headers["X-CSRFToken"], seen.body], ["POST", "the-token", '{"status":"ready"}']);
  await api(200, "{}", seen).get("targets", { q: "b o", verb: undefined, after: 0 });
  assert.deepEqual([seen.url, seen.headers["X-CSRFToken"]], ["/api/v1/targets?q=b+o&after=0", undefined]);
});

test("a refusal has its code, words and detail", async () => {
  const error = await api(409, '{"code":"last_agent","message":"You are the last.","detail":{"end":1}}').post("x").catch((caught) => caught);
  assert.deepEqual([error.status, error.code, error.message, error.detail], [409, "last_agent", "You are the last.", { end: 1 }]);
});

test("an answer that is no JSON is a refusal with words all the same", async () => {
  const error = await api(502, "<html>").get("x").catch((caught) => caught);
  assert.equal(error.code, "http_502");
  assert.ok(error.message);
});

test("an empty answer is an empty object", async () => {
  assert.deepEqual(await api(200, "").post("x"), {});
});

test("a server out of reach says that nothing was changed", async () => {
  const fetch = async () => Promise.reject(new TypeError());
  const error = await new Api({ base: "/", token: () => "", fetch }).post("x").catch((caught) => caught);
  assert.deepEqual([error.status, error.code], [0, "unreachable"]);
  assert.match(error.message, /Nothing was changed/);
});

test("a server that does not answer in time says that it may have been done", async () => {
  const fetch = async (url, { signal }) => Promise.reject(Object.assign(new Error(), { name: signal && "TimeoutError" }));
  const error = await new Api({ base: "/", token: () => "", fetch }).post("x").catch((caught) => caught);
  assert.deepEqual([error.status, error.code], [0, "no_answer"]);
});

test("a question can be taken back before its time is over", async () => {
  const question = new AbortController();
  const fetch = (url, { signal }) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));
  const asked = new Api({ base: "/", token: () => "", fetch }).get("targets", {}, { signal: question.signal }).catch((caught) => caught);
  question.abort();
  assert.equal((await asked).code, "unreachable");
});

test("an answer that breaks off is none", async () => {
  const fetch = async () => ({ ok: true, status: 200, json: async () => Promise.reject(new TypeError()) });
  const error = await new Api({ base: "/", token: () => "", fetch }).get("desk").catch((caught) => caught);
  assert.equal(error.code, "unreachable");
});

test("a lost session is told once per answer", async () => {
  const seen = {};
  await api(401, "{}", seen).get("x").catch(() => {});
  assert.equal(seen.out, true);
});
