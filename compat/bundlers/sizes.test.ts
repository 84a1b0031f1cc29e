import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type BundleSize, bundleSize } from "../../benchmarks/src/bundle/bundle-size.ts";
import { subpaths } from "../packaging/support/packed.ts";

const resolveDir = fileURLToPath(new URL(".", import.meta.url));

/** Packages that users have regardless of the library. */
const EXTERNAL = ["@nestjs/*", "rxjs", "reflect-metadata", "awilix", "vitest", "jest", "@jest/*", "expect"];

/** Bundles a program with all its imports, including `jose` but no framework. */
function sizeOf(program: string): Promise<BundleSize> {
  return bundleSize(program, { resolveDir, external: EXTERNAL });
}

const CLIENT = `
  const client = new CloudTaskClient({ project: "p", location: "l", url: "https://a.test/", secret: "s3cret-key" });
  const hello = client.task("hello", async (who) => "hello " + who);
`;

/**
 * Programs and their budgets in bytes of gzip, just above their size when the budget was set. `start` counts the code that is
 * loaded at start, which is all that a push needs. The code that runs tasks, the texts of failed requests, `pushMany()`, the sending of deferred pushes, the
 * creation of dead letters and `jose` are imported late. `all` counts everything, because many bundlers write one file.
 */
const PROGRAMS = [
  {
    program: "a client that pushes",
    source: `import { CloudTaskClient } from "cloudtask"; ${CLIENT} await hello("world").push();`,
    budget: { start: 31_900, all: 56_500 },
  },
  {
    program: "a worker",
    source: `import { CloudTaskClient, createWorker } from "cloudtask"; ${CLIENT} export default createWorker(client);`,
    budget: { start: 32_600, all: 70_800 },
  },
  {
    program: "both, on Node's own server",
    source: `import { CloudTaskClient } from "cloudtask"; import { cloudTaskListener } from "cloudtask/node";
      import { createServer } from "node:http"; ${CLIENT}
      createServer(cloudTaskListener(client)).listen(8080); await hello("world").push();`,
    budget: { start: 34_800, all: 72_700 },
  },
] as const;

const adapters = subpaths.filter((subpath) => subpath !== "cloudtask" && !/\/(internal|testing)/.test(subpath));

test.each(PROGRAMS)("$program has at most $budget.start bytes at start, and $budget.all in total", async (each) => {
  const { gzipped, gzippedAtStart } = await sizeOf(each.source);
  for (const [size, budget] of [
    [gzippedAtStart, each.budget.start],
    [gzipped, each.budget.all],
  ] as const) {
    expect(size).toBeLessThan(budget);
    // A budget far above the size would miss growth.
    expect(size).toBeGreaterThan(budget * 0.8);
  }
});

/** Bytes that an import may add, if that is more than 2.6 kB. The management API is code of its own. */
const LARGER: Readonly<Record<string, number>> = {
  "cloudtask/node": 2_850,
  "@cloudtask/nestjs": 7_650,
  "cloudtask/admin": 13_000,
};

test.each([...adapters, "@cloudtask/nestjs"])("%s adds little to the size of a worker", async (subpath) => {
  const worker = await sizeOf(`export { CloudTaskClient, createWorker } from "cloudtask";`);
  const both = await sizeOf(`export { CloudTaskClient, createWorker } from "cloudtask"; export * from "${subpath}";`);
  expect(both.gzipped - worker.gzipped).toBeLessThan(LARGER[subpath] ?? 2_650);
});

test("an unused import adds nothing to the bundle", async () => {
  const { minified } = await sizeOf(
    `import { CloudTaskClient } from "cloudtask"; import { cloudTaskRouter } from "cloudtask/express";`,
  );
  expect(minified).toBe(0);
});
