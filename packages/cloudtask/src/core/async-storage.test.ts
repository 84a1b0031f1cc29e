import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { createAsyncStorage } from "./async-storage.ts";

test("the storage is the AsyncLocalStorage of the runtime", () => {
  expect(createAsyncStorage("deferPushes()")).toBeInstanceOf(AsyncLocalStorage);
});

test.each([
  ["no process", {}],
  ["a process of an older runtime", { process: {} }],
  ["no such module", { process: { getBuiltinModule: () => undefined } }],
])("on a runtime with %s the error states the requirements", (_, runtime) => {
  expect(() => createAsyncStorage("client.deferPushes()", runtime)).toThrow(
    expect.objectContaining({
      code: "CONFIGURATION_MISSING",
      message: expect.stringMatching(/^client.deferPushes\(\) requires AsyncLocalStorage, .*Node 20.16/),
    }),
  );
});
