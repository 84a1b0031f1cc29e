import { expect, test } from "vitest";
import type { UriOverride } from "../engine/records.ts";
import { overriddenUri } from "./overridden-uri.ts";

const none: UriOverride = {
  scheme: undefined,
  host: undefined,
  port: undefined,
  path: undefined,
  query: undefined,
  mode: "ALWAYS",
};

const everything = { scheme: "HTTP", host: "b.example", port: 81, path: "/new", query: "n=1" } as const;

/** [the task's URL, the override, the result with ALWAYS] */
const cases: readonly (readonly [string, Partial<UriOverride>, string])[] = [
  ["https://a.example/p?q=1", {}, "https://a.example/p?q=1"],
  ["https://a.example/p?b=2", everything, "http://b.example:81/new?n=1"],
  ["https://www.google.com", { host: "example.net" }, "https://example.net"],
  ["https://a.example/p", { scheme: "HTTP" }, "http://a.example/p"],
  ["https://a.example:8443/p", { host: "b.example" }, "https://b.example:8443/p"],
  ["https://a.example/p", { port: 123 }, "https://a.example:123/p"],
  ["https://a.example:443/p", { port: 123 }, "https://a.example:123/p"],
  ["https://a.example:8443/p", { port: 0 }, "https://a.example/p"],
  ["https://a.example/p", { port: 0 }, "https://a.example/p"],
  ["https://a.example", { path: "/new" }, "https://a.example/new"],
  ["https://a.example/", { path: "new" }, "https://a.example/new"],
  ["https://a.example/old?q=1", { path: "" }, "https://a.example?q=1"],
  ["https://a.example/p", { query: "n=1" }, "https://a.example/p?n=1"],
  ["https://a.example/p?", { query: "n=1" }, "https://a.example/p?n=1"],
  ["https://a.example?q=1", { query: "" }, "https://a.example"],
  ["https://a.example/p?q=1#part", { port: 1 }, "https://a.example:1/p?q=1"],
  ["http://[::1]:80/p", { host: "[::2]" }, "http://[::2]:80/p"],
  ["http://u:p@a.example/", { host: "b.example" }, "http://b.example/"],
  ["http://u:p@a.example/", { port: 81 }, "http://u:p@a.example:81/"],
];

test.each(cases)("%s with the override %j is %s", (url, override, always) => {
  expect(overriddenUri(url, { ...none, ...override })).toBe(always);
});

test.each(cases)("with IF_NOT_EXISTS, the URL %s stays as it is", (url, override) => {
  expect(overriddenUri(url, { ...none, ...override, mode: "IF_NOT_EXISTS" })).toBe(url);
});

test.each(["ALWAYS", "IF_NOT_EXISTS"] as const)("a task without a URL gets the queue's, with mode %s", (mode) => {
  expect(overriddenUri("", { ...none, host: "b.example", mode })).toBe("https://b.example");
  expect(overriddenUri("", { ...none, ...everything, mode })).toBe("http://b.example:81/new?n=1");
});

test("without an override a URL is unchanged, even if it is invalid", () => {
  expect(overriddenUri("http://[bad", undefined)).toBe("http://[bad");
});

test.each([undefined, none])("a task without a URL is an error if its queue sets no host", (override) => {
  expect(() => overriddenUri("", override)).toThrow("set HttpRequest.url or HttpTarget.uriOverride.host");
});

test.each(["http://a:b:c/", "ftp://a.example/", "http:///p"])("%s cannot be overridden", (url) => {
  expect(() => overriddenUri(url, { ...none, port: 1 })).toThrow("cannot be parsed");
});
