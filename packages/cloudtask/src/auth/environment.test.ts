import { afterEach, expect, test, vi } from "vitest";
import { environment } from "./environment.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test("variables are those of the process, as they are now", () => {
  vi.stubEnv("CLOUDTASK_TEST", "1");
  expect(environment().CLOUDTASK_TEST).toBe("1");
});

test.each([{ process: undefined }, { process: {} }])("a runtime with $process has none", ({ process }) => {
  vi.stubGlobal("process", process);
  const variables = environment();
  vi.unstubAllGlobals();
  expect(variables).toEqual({});
});
