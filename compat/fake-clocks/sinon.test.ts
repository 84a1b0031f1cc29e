import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test.each([
  ["by default, at the time 0", undefined],
  ["at a date in the past", { now: 1_000_000_000_000 }],
  ["at a date in the future", { now: 4_000_000_000_000 }],
  ["with timers that advance by themselves", { now: 0, shouldAdvanceTime: true }],
  ["of the date alone", { now: 0, toFake: ["Date"] }],
  ["of queueMicrotask and nextTick alone", { toFake: ["queueMicrotask", "nextTick"] }],
])("a test client works under sinon's fake clock %s", (_, config) => {
  const args = config === undefined ? [] : [JSON.stringify(config)];
  const program = "compat/fake-clocks/programs/sinon.js";
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8", timeout: 15_000 });
  expect([stdout, stderr]).toEqual(["done\n", ""]);
});
