import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const PROJECT = resolve("compat/jest/project");
const MODULES = resolve("compat/node_modules");
const NODE_24 = resolve(MODULES, "node-24/bin/node");

/** The part of Jest's JSON report that is checked. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly message: string }[];
}

/** Runs Jest as a user does. */
function jest(node: string, flags: string, ...args: readonly string[]): Report {
  const env = { ...process.env, NODE_OPTIONS: flags, CLOUD_TASKS_EMULATOR_HOST: undefined };
  const command = [resolve(MODULES, "jest/bin/jest.js"), "--json", "--silent", ...args];
  const { stdout, stderr } = spawnSync(node, command, { cwd: PROJECT, encoding: "utf8", env });
  return stdout === "" ? { numPassedTests: 0, testResults: [{ message: stderr }] } : (JSON.parse(stdout) as Report);
}

const VM_MODULES = "--experimental-vm-modules";

test.each([
  ["ES modules, run by Node", process.execPath, VM_MODULES, ["-c", "native.config.js", "sign-up"], 7],
  [
    "CommonJS, with the packages compiled to CommonJS",
    process.execPath,
    "",
    ["-c", "transformed.config.js", "required"],
    1,
  ],
  ["ES modules and CommonJS, run by Node 24", NODE_24, VM_MODULES, ["-c", "native.config.js"], 8],
] as const)("Jest runs tests written as %s", (_, node, flags, args, passed) => {
  const { testResults, numPassedTests } = jest(node, flags, ...args);
  expect(testResults.map(({ message }) => message).join("")).toBe("");
  expect(numPassedTests).toBe(passed);
});

test("the matchers work in Bun's test runner", () => {
  const { stderr } = spawnSync(resolve(MODULES, ".bin/bun"), ["test", "./bun.test.js"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  expect(stderr).toContain("1 pass");
});

test("the matchers are typed for @jest/globals and @types/jest", () => {
  expect(spawnSync("node_modules/.bin/tsc", ["-p", PROJECT], { encoding: "utf8" }).stdout).toBe("");
});
