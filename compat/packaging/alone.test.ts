import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { library, subpaths } from "./support/packed.ts";
import { runNode, runtimes } from "./support/run-node.ts";

vi.setConfig({ testTimeout: 60_000 });

/** Subpaths that import their framework, and the package that is missing without it. */
const REQUIRED: Readonly<Record<string, string>> = {
  "cloudtask/testing/vitest": "vitest",
  "cloudtask/testing/jest": "@jest/globals",
};

/** Prints the exports of a loaded subpath, and the globals and listeners that loading it added. */
const REPORT = `
  console.log(JSON.stringify({
    names: Object.keys(loaded).filter((name) => name !== "__esModule" && name !== "module.exports").sort(),
    globals: Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name)),
    listeners: process.eventNames().length - listeners,
  }));
`;
const BEFORE = "const before = Object.getOwnPropertyNames(globalThis), listeners = process.eventNames().length;";
const WAYS = {
  import: ["--input-type=module", "-e", `${BEFORE} const loaded = await import(process.argv[1]); ${REPORT}`],
  require: ["--input-type=commonjs", "-e", `${BEFORE} const loaded = require(process.argv[1]); ${REPORT}`],
} as const;

// Outside this repository, without any other package: no framework, not even jose.
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cloudtask-alone-"));
  await mkdir(join(project, "node_modules"));
  await cp(library.folder, join(project, "node_modules", "cloudtask"), { recursive: true });
});

afterAll(() => rm(project, { recursive: true }));

const alone = subpaths.filter((subpath) => REQUIRED[subpath] === undefined);
const dependent = subpaths.filter((subpath) => REQUIRED[subpath] !== undefined);

async function load(subpath: string, way: keyof typeof WAYS, binary: string): Promise<unknown> {
  const { stdout, stderr } = await runNode([...WAYS[way], subpath], { cwd: project, binary });
  return { subpath, stderr, ...JSON.parse(stdout || "{}") };
}

test.each(runtimes)(
  "on $node each subpath loads without other packages, by require() and import, and adds no globals",
  async ({ binary }) => {
    const imported = await Promise.all(alone.map((subpath) => load(subpath, "import", binary)));
    expect(imported).toEqual(
      alone.map((subpath) => ({ subpath, stderr: "", names: expect.any(Array), globals: [], listeners: 0 })),
    );
    expect(await Promise.all(alone.map((subpath) => load(subpath, "require", binary)))).toEqual(imported);
  },
);

test("a subpath whose framework is missing fails with the name of the framework", async () => {
  const failed = await Promise.all(dependent.map((subpath) => runNode([...WAYS.import, subpath], { cwd: project })));
  expect(failed.map(({ stderr }) => /Cannot find package '([^']+)'/.exec(stderr)?.[1])).toEqual(
    dependent.map((subpath) => REQUIRED[subpath]),
  );
});
