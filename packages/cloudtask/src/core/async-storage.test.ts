import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { createAsyncStorage } from "./async-storage.ts";

test("it is the runtime's own AsyncLocalStorage", () => {
  expect(createAsyncStorage("deferPushes()")).toBeInstanceOf(AsyncLocalStorage);
});

test.each([
  ["no process", {}],
  ["a process of an older runtime", { process: {} }],
  ["no such module", { process: { getBuiltinModule: () => undefined } }],
])("on a runtime with %s the error says what it takes", (_, runtime) => {
  expect(() => createAsyncStorage("client.deferPushes()", runtime)).toThrow(
    expect.objectContaining({
      code: "CONFIGURATION_MISSING",
      message: expect.stringMatching(/^client.deferPushes\(\) needs AsyncLocalStorage, .*Node 20.16/),
    }),
  );
});
