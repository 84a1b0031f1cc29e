import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("../support/adapter-body-memory.ts", import.meta.url));

test.each([
  ["says its length", "length"],
  ["does not say its length", "nothing"],
])("a body of 64 MB that %s is held once, not twice", async (_, says) => {
  const args = ["--expose-gc", "--import", "tsx", SCRIPT, "64", says];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { read, held } = JSON.parse(stdout);
  expect(read).toBe(64);
  // The bytes themselves are 64, and joining chunks at the end makes them 128.
  expect(held).toBeLessThan(96);
});
