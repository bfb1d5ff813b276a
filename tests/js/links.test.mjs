import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../static/common/links.js";

const hrefs = (text) => pieces(text).flatMap((piece) => piece.href ?? []);

test("text without an address is one piece", () => {
  assert.deepEqual(pieces("no link"), [{ text: "no link" }]);
  assert.deepEqual(pieces(""), []);
});

test("an address becomes a link, the stop after it does not belong to it", () => {
  assert.deepEqual(pieces("see https://a.example/x, ok"), [
    { text: "see " },
    { text: "https://a.example/x", href: "https://a.example/x" },
    { text: ", ok" },
  ]);
});

test("brackets around an address are left out, brackets inside are kept", () => {
  assert.deepEqual(hrefs("(https://a.example/b)."), ["https://a.example/b"]);
  assert.deepEqual(hrefs("https://a.example/w_(x)"), ["https://a.example/w_(x)"]);
});

test("only http and https are links", () => {
  assert.deepEqual(hrefs("javascript:alert(1) data:text/html,x ftp://a.example vbscript:x"), []);
  assert.deepEqual(hrefs("javascript://https://a.example"), ["https://a.example/"]);
});

test("nothing of the text is lost", () => {
  for (const text of ["https:// x", "a https://[ b", "https://a.example/?q=<b>", "http://a http://b"]) {
    assert.equal(pieces(text).map((piece) => piece.text).join(""), text);
  }
});
