import { expect, test } from "vitest";
import { rejectUnknownOptions } from "./check-options.ts";

const KNOWN = ["queue", "secretHeader", "dispatchDeadline", "url"];

test("known options pass, with any value", () => {
  expect(() => rejectUnknownOptions({ queue: undefined, url: 1 }, KNOWN, "client")).not.toThrow();
});

test.each([
  ["Queue", "queue"],
  ["secret_header", "secretHeader"],
  ["secret-header", "secretHeader"],
  ["dispatchdeadline", "dispatchDeadline"],
  ["queu", "queue"],
  ["queues", "queue"],
  ["quene", "queue"],
  ["uri", "url"],
  ["timeout", "dispatchDeadline"],
])("for %s the message suggests %s", (given, meant) => {
  expect(() => rejectUnknownOptions({ [given]: 1 }, KNOWN, "client", { timeout: "dispatchDeadline" })).toThrow(
    new TypeError(`client: unknown option "${given}"; did you mean "${meant}"?`),
  );
});

test.each(["color", "x", "", "1", "constructor", "toString", "__proto__"])(
  "for %j the message lists all options",
  (given) => {
    expect(() => rejectUnknownOptions({ [given]: 1 }, KNOWN, "client", { timeout: "dispatchDeadline" })).toThrow(
      new TypeError(`client: unknown option "${given}"; the options are queue, secretHeader, dispatchDeadline, url`),
    );
  },
);
