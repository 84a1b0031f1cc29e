import { expect, test } from "vitest";
import type { ReceivedResponse, SentRequest } from "./exchange.ts";
import { redirectedRequest } from "./redirected-request.ts";

const sent = (method: string): SentRequest => ({
  method,
  url: "http://a.example:8080/dir/run?a=b",
  headers: [
    ["Host", "a.example:8080"],
    ["Content-Type", "text/plain"],
    ["Authorization", "Bearer t"],
    ["Cookie", "s=1"],
    ["X-Own", "1"],
    ["Content-Length", "2"],
  ],
  body: Buffer.from("hi"),
});

const response = (status: number, location?: string): ReceivedResponse => ({
  status,
  headers: location === undefined ? [] : [["lOcation", location]],
  body: new Uint8Array(),
  size: 0,
});

/** [method, status, method of the next request]. As `fetch` does; recorded from the service for the first row. */
test.each([
  ["POST", 302, "GET"],
  ["POST", 301, "GET"],
  ["POST", 303, "GET"],
  ["PUT", 303, "GET"],
  ["DELETE", 303, "GET"],
])("a %s that is answered %s becomes a %s without body", (method, status, next) => {
  expect(redirectedRequest(sent(method), response(status, "/next"))).toEqual({
    method: next,
    url: "http://a.example:8080/next",
    headers: [
      ["Host", "a.example:8080"],
      ["Authorization", "Bearer t"],
      ["Cookie", "s=1"],
      ["X-Own", "1"],
    ],
    body: new Uint8Array(),
  });
});

test.each([
  ["PUT", 301],
  ["PATCH", 302],
  ["GET", 302],
  ["HEAD", 303],
  ["POST", 307],
  ["POST", 308],
])("a %s that is answered %s keeps its method, headers and body", (method, status) => {
  const request = sent(method);
  expect(redirectedRequest(request, response(status, "next"))).toEqual({
    ...request,
    url: "http://a.example:8080/dir/next",
  });
});

test("another origin receives its own Host and no credentials", () => {
  const { url, headers } = redirectedRequest(sent("POST"), response(307, "https://b.example/")) ?? sent("none");
  expect(url).toBe("https://b.example/");
  expect(headers).toEqual([
    ["Host", "b.example"],
    ["Content-Type", "text/plain"],
    ["X-Own", "1"],
    ["Content-Length", "2"],
  ]);
});

test("a Location in UTF-8 is percent-encoded", () => {
  const location = Buffer.from("/é").toString("latin1");
  expect(redirectedRequest(sent("POST"), response(302, location))?.url).toBe("http://a.example:8080/%C3%A9");
});

test.each([
  [302, undefined],
  [301, ""],
  [300, "/next"],
  [304, "/next"],
  [200, "/next"],
  [404, "/next"],
])("status %s with the Location %j is not redirected", (status, location) => {
  expect(redirectedRequest(sent("POST"), response(status, location))).toBeUndefined();
});

test.each(["ftp://a.example/", "http://[bad", "mailto:a@example.com"])("a redirect to %s fails", (location) => {
  expect(() => redirectedRequest(sent("POST"), response(302, location))).toThrow("which is not an HTTP URL");
});
