import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { bundleScript } from "../../../../test/support/bundle-script.ts";

const SCRIPT = fileURLToPath(new URL("../support/adapter-body-memory.ts", import.meta.url));

test.each([
  ["has a Content-Length", "length"],
  ["has no Content-Length", "chunked"],
])("a body of 64 MB that %s is in memory once, not twice", async (_, framing) => {
  const args = ["--expose-gc", await bundleScript(SCRIPT), "64", framing];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { read, growth } = JSON.parse(stdout);
  expect(read).toBe(64);
  // The bytes themselves take 64 MB; joining chunks at the end would take 128.
  expect(growth).toBeLessThan(96);
});
