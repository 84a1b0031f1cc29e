import { expect, test } from "vitest";
import { checkHeaders, mergeHeaders } from "./headers.ts";

test("checkHeaders() returns a copy of valid headers", () => {
  const given = { "X-Tenant": "acme", traceparent: "00-1-2-01", "X-Empty": "" };
  const checked = checkHeaders(given, "client");
  expect(checked).toEqual(given);
  expect(checked).not.toBe(given);
});

test.each([
  "Host",
  "host",
  "Content-Length",
  "Content-Type",
  "User-Agent",
  "X-Google-Cloud",
  "X-AppEngine-QueueName",
  "X-CloudTasks-TaskName",
  "CloudTask-Name",
])("the reserved header %s is rejected", (name) => {
  expect(() => checkHeaders({ [name]: "x" }, "client")).toThrow(
    new TypeError(`client: the header ${name} cannot be set; Cloud Tasks or cloudtask sets it`),
  );
});

test.each<[string, string, unknown]>([
  ["a name with a space", "X Tenant", "acme"],
  ["an empty name", "", "acme"],
  ["a name with a line break", "X-Tenant\r\nX-Evil", "acme"],
  ["a value with a line break", "X-Tenant", "acme\r\nX-Evil: 1"],
  ["a value beyond Latin-1", "X-Tenant", "日本"],
  ["a number", "X-Tenant", 1],
  ["undefined", "X-Tenant", undefined],
])("%s is rejected", (_, name, value) => {
  expect(() => checkHeaders({ [name]: value }, "client")).toThrow(
    new TypeError(`client: the header ${JSON.stringify(name)} is not valid HTTP`),
  );
});

test.each([
  ["null", null],
  ["a string", "X-Tenant: acme"],
  ["a list", [["X-Tenant", "acme"]]],
  ["a Headers", new Headers({ "X-Tenant": "acme" })],
  ["a Map", new Map([["X-Tenant", "acme"]])],
])("%s instead of an object is rejected, because its headers would be lost", (_, headers) => {
  expect(() => checkHeaders(headers, "client")).toThrow(/^client: headers must be an object of strings/);
});

test("the last of two headers that differ only in case is kept", () => {
  expect(mergeHeaders({ "X-Tenant": "a", "X-Own": "1" }, {}, { "x-tenant": "b" })).toEqual({
    "x-tenant": "b",
    "X-Own": "1",
  });
});
