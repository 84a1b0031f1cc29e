import { expect, test } from "vitest";
import { redactJson, redactor } from "./redact.ts";

const SECRET = `a"b\\c/d<e>f&g'h%i$j-k`;
const html = SECRET.replace(/[&"'<>]/g, (char) => `&#${char.charCodeAt(0)};`);

test.each([
  ["as it is", SECRET],
  ["in JSON", JSON.stringify(SECRET).slice(1, -1)],
  ["in JSON inside JSON", JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
  ["in JSON that spares HTML", JSON.stringify(SECRET).slice(1, -1).replace("<", "\\u003c").replace("&", "\\u0026")],
  ["in JSON that escapes the slash", JSON.stringify(SECRET).slice(1, -1).replace("/", "\\/")],
  ["in a URL", encodeURIComponent(SECRET)],
  ["in HTML, by number", html],
  ["in HTML, by name", SECRET.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")],
])("a secret %s is replaced", (_, spelled) => {
  expect(redactor([SECRET])(`before ${spelled} after ${spelled}`)).toBe("before [secret] after [secret]");
});

test("no rest remains of a secret that begins with another secret", () => {
  expect(redactor(["key", "key-2", "secret"])("key-2, key, secret")).toBe("[secret], [secret], [secret]");
});

test.each([[[]], [[""]]])("with the secrets %j a text stays unchanged", (secrets) => {
  expect(redactor(secrets)("nothing to hide")).toBe("nothing to hide");
});

test("in JSON, secrets in keys and values are replaced at any depth", () => {
  const value = { a: ["s3cret", 1, null, { "x-s3cret": true }] };
  expect(redactJson(value, redactor(["s3cret"]))).toEqual({ a: ["[secret]", 1, null, { "x-[secret]": true }] });
});

test.each(["\\\\", "a\\\\\\b", '\\"\\"', "!\\!\\!"])(
  "an answer full of backslashes is searched for %j quickly",
  (secret) => {
    const text = "\\".repeat(20_000);
    const before = performance.now();
    redactor([secret])(text);
    expect(performance.now() - before).toBeLessThan(5_000);
  },
);

test.each(["\\", "a\\b", 'x\\"y', "\\\\n\\", "end\\"])(
  "the secret %j is replaced, plain and after repeated JSON encoding",
  (secret) => {
    let text = secret;
    for (let times = 0; times < 4; times++) {
      expect(redactor([secret])(`<${text}>`)).toBe("<[secret]>");
      text = JSON.stringify(text).slice(1, -1);
    }
  },
);
