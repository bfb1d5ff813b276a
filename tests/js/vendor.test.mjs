import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../static/vendor/", import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL("vendor.json", folder)));
const files = packages.flatMap((item) => item.files);

test("vendored files are what vendor.json says", () => {
  for (const { file, sha256 } of files) {
    const hash = createHash("sha256").update(readFileSync(new URL(file, folder))).digest("hex");
    assert.equal(hash, sha256, file);
  }
});

test("every vendored package brings its licence, and nothing else lies there", () => {
  const known = ["vendor.json", ...files.map(({ file }) => file), ...packages.map((item) => item.licence_file)];
  assert.deepEqual(readdirSync(folder).sort(), known.sort());
});

test("vendored modules load each other by relative path only, without source maps", () => {
  for (const { file } of files) {
    const code = readFileSync(new URL(file, folder), "utf8");
    const from = [...code.matchAll(/\b(?:from|import)\s*["']([^"']+)["']/g)].map((match) => match[1]);
    assert.ok(from.every((path) => path.startsWith("./") && path.endsWith(".js")), `${file}: ${from}`);
    assert.ok(!code.includes("sourceMappingURL"), file);
  }
});
