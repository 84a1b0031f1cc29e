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

test.each([
  ["a", "If you just created a queue", "If you just created [secret] queue"],
  ["dev", '{"x-secret":"dev","device":"developer"}', '{"x-secret":"[secret]","device":"developer"}'],
  [
    "dev",
    "a=dev&b=%22dev%22 \\u0022dev\\u0022 Bearer dev",
    "a=[secret]&b=%22[secret]%22 \\u0022[secret]\\u0022 Bearer [secret]",
  ],
  ["p+w", "p+w p%2Bw xp+w p+w2", "[secret] [secret] xp+w p+w2"],
])("the short secret %j is replaced only as a whole word", (secret, text, redacted) => {
  expect(redactor([secret])(text)).toBe(redacted);
});

test.each([[[]], [[""]]])("with the secrets %j a text stays unchanged", (secrets) => {
  expect(redactor(secrets)("nothing to hide")).toBe("nothing to hide");
});

test("in JSON, secrets in keys and values are replaced at any depth", () => {
  const value = { a: ["s3cret", 1, null, { "x-s3cret": true }] };
  expect(redactJson(value, redactor(["s3cret"]))).toEqual({ a: ["[secret]", 1, null, { "x-[secret]": true }] });
});

const SECRETS = ["\\\\", "a\\\\\\b", '\\"\\"', "!\\!\\!", "+abcdefgh", "&&&&&&&&&", `${"a".repeat(200)}b`, "%%%%%%%%"];
const UNITS = ["\\", "<", "a", "%", "&", "&#", "&#0", "u00", "\\u005c", "%5c", "+\\", "&amp;", "\\\\u002"];

test.each(SECRETS.flatMap((secret) => UNITS.map((unit) => ({ secret, unit }))))(
  "16 MB of $unit are searched for $secret quickly",
  ({ secret, unit }) => {
    const text = unit.repeat((16 * 1024 * 1024) / unit.length);
    const before = performance.now();
    redactor([secret])(text);
    expect(performance.now() - before).toBeLessThan(2_000);
  },
);

test.each([
  ["as it is", SECRET],
  ["in JSON inside JSON", JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
  ["in a URL", encodeURIComponent(SECRET)],
  ["in HTML, by number", html],
])("a long text is cut, and no part of a secret %s remains at the cut", (_, spelled) => {
  for (let shown = 1; shown < spelled.length; shown++) {
    const text = `${"-".repeat(65_536 - shown)}${spelled}`;
    expect(redactor([SECRET])(text)).toMatch(/^-+(\[secret\])?$/);
  }
});

test("a secret that looks like an escape is replaced, plain and in a URL", () => {
  const secret = "pass%41word";
  expect(redactor([secret])(`${secret} ${encodeURIComponent(secret)}`)).toBe("[secret] [secret]");
});

test("a secret of fewer than 8 characters is replaced only as a whole value", () => {
  expect(redactor(["a"])('If you just created "a", pass a.')).toBe('If you just created "[secret]", pass [secret].');
});

test("very deep and very large JSON is copied only in part", () => {
  let deep: unknown = "s3cret";
  for (let depth = 0; depth < 50_000; depth++) deep = [deep];
  expect(JSON.stringify(redactJson(deep, redactor(["s3cret"])))).toContain("…");
  const wide = Array.from({ length: 100_000 }, () => ({ a: ["s3cret"] }));
  expect(redactJson(wide, redactor(["s3cret"]))).toHaveLength(1_000);
});

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
