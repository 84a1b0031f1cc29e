import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { codeLines } from "./support/code-lines.ts";
import { type PublicExport, publicEntries } from "./support/public-exports.ts";

const ADAPTERS = "packages/cloudtask/src/adapters";

/** Shared by all adapters on Node. */
const BRIDGE = "_node-bridge.ts";

/** Aliases name a shape. The types in `cloudtask/types` only give others their shape. */
function needsExample(specifier: string, { kind }: PublicExport): boolean {
  return kind !== "type" && specifier !== "cloudtask/types";
}

test.each(publicEntries())(
  "every export of $specifier is documented, classes, functions and interfaces with an example",
  ({ specifier, exported }) => {
    const lacking = exported.filter(
      (each) => each.doc.length < 20 || (needsExample(specifier, each) && !each.doc.includes("@example")),
    );
    expect(lacking.map(({ name, kind }) => `${kind} ${name}`)).toEqual([]);
  },
);

test("the exports of every entry are found", () => {
  const counts = new Map(publicEntries().map(({ specifier, exported }) => [specifier, exported.length]));
  expect(counts.get("cloudtask")).toBeGreaterThan(60);
  expect([...counts].filter(([, count]) => count === 0).map(([specifier]) => specifier)).toEqual([
    // They add their types to those of the test runner.
    "cloudtask/testing/vitest",
    "cloudtask/testing/jest",
  ]);
});

test("an adapter stays under 60 lines of code, together with the helpers that only it uses", () => {
  const files = readdirSync(ADAPTERS).filter((file) => !file.endsWith(".test.ts"));
  const sizes = files
    .filter((file) => !file.startsWith("_"))
    .map((file) => {
      const name = file.replace(/\.ts$/, "");
      const own = files.filter((each) => each === file || (each.startsWith(`_${name}-`) && each !== BRIDGE));
      return [name, own.reduce((sum, each) => sum + codeLines(readFileSync(join(ADAPTERS, each), "utf8")), 0)] as const;
    });
  expect(sizes.filter(([, size]) => size > 60)).toEqual([]);
});

test("the library depends on jose only, and the lock file contains no download URLs", () => {
  const manifest = JSON.parse(readFileSync("packages/cloudtask/package.json", "utf8"));
  expect(Object.keys(manifest.dependencies ?? {}).filter((name) => name !== "jose")).toEqual([]);
  expect(readFileSync("package-lock.json", "utf8")).not.toMatch(/"resolved": "http/);
});

test("the README stays short", () => {
  expect(readFileSync("README.md", "utf8").split("\n").length).toBeLessThanOrEqual(150);
});
