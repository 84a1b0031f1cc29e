import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTargetUrl, type TargetUrl } from "./target-url.ts";

const parts = ["href", "protocol", "host", "hostname", "port", "pathname", "search", "username", "password"] as const;

function partsOf(url: TargetUrl): readonly string[] {
  return parts.map((name) => url[name]);
}

const urls = [
  "http://127.0.0.1:8080/run",
  "https://api.example.com/tasks/run?order=7&x=%20",
  "http://a.example/?",
  "http://a.example/a/./b/../c",
  "http://a.example/a/%2e%2E/b",
  "http://a.example/.well-known/x",
  "http://a.example:80/",
  "https://a.example:443/",
  "HTTP://A.Example/B",
  "http://127.1/",
  "http://0x7f.1/",
  "http://[::1]:3000/a",
  "http://user:pass@a.example/",
  "http://a.example",
  "http://a.example?b",
  "http://a.example/a b",
  "http://a.example/a\\b",
  "http://a.example/ä?'",
  "http://a.example/a#b",
  "http://a.example/a;b=c,d/$&()*+!@:~",
];

test.each(urls)("%s has the same parts as a URL", (href) => {
  expect(partsOf(parseTargetUrl(href))).toEqual(partsOf(new URL(href)));
});

test("any text has the same parts as a URL, or is rejected as a URL is", () => {
  const text = fc.string({ unit: fc.constantFrom(..."aA0./?:@%2eE&=#[]\\ -_~'") });
  fc.assert(
    fc.property(fc.constantFrom("http://", "https://", ""), text, text, (scheme, host, path) => {
      const href = `${scheme}${host}/${path}`;
      const parsed = URL.canParse(href) ? partsOf(parseTargetUrl(href)) : undefined;
      expect(parsed).toEqual(URL.canParse(href) ? partsOf(new URL(href)) : undefined);
    }),
    { numRuns: 2_000 },
  );
});

test.each(["http://[bad", "http://", "http://a.example:99999/"])("%s is rejected", (href) => {
  expect(() => parseTargetUrl(href)).toThrow(TypeError);
});
