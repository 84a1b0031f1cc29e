import { expect, test } from "vitest";
import { rejectUnknownOptions } from "./check-options.ts";

const KNOWN = ["queue", "secretHeader", "dispatchDeadline", "url"];

test("options that exist pass, whatever their value", () => {
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
])("for %s, %s is suggested", (given, meant) => {
  expect(() => rejectUnknownOptions({ [given]: 1 }, KNOWN, "client", { timeout: "dispatchDeadline" })).toThrow(
    new TypeError(`client: unknown option "${given}"; did you mean "${meant}"?`),
  );
});

test.each(["color", "x", "", "1"])("for %j nothing is suggested, and all there are are named", (given) => {
  expect(() => rejectUnknownOptions({ [given]: 1 }, KNOWN, "client")).toThrow(
    new TypeError(`client: unknown option "${given}"; there are queue, secretHeader, dispatchDeadline, url`),
  );
});
