import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { library, subpaths } from "./support/packed.ts";
import { recordLoaded } from "./support/record-loaded.ts";
import { runNode, runtimes } from "./support/run-node.ts";

/** Sends a delivery with an invalid token, which the worker must check. */
const WORKER = `
import { CloudTaskClient, createWorker } from "cloudtask";
const client = new CloudTaskClient({ url: "https://a.test/", serviceAccount: "a@b.iam.gserviceaccount.com" });
const worker = createWorker(client);
const deliver = (headers) => worker.fetch(new Request("https://a.test/", { method: "POST", headers, body: "{}" }));
console.log((await deliver({})).status);
if (process.argv[2]) console.log((await deliver({ Authorization: "Bearer e30.e30.e30" })).status);
`;

/** The files of the package that each subpath loads. */
const CORE = ["_client.js"];
const RUN = ["_run.js", "_failures.js", "_received.js", "_rolldown-runtime.js"];
const ON_NODE = [...CORE, "_node-bridge.js"];
const FILES: Readonly<Record<string, readonly string[]>> = {
  cloudtask: [...CORE, "index.js"],
  "cloudtask/node": [...ON_NODE, "node.js"],
  "cloudtask/express": [...ON_NODE, "express.js", "_express.js"],
  "cloudtask/fastify": [...ON_NODE, "fastify.js"],
  "cloudtask/koa": [...ON_NODE, "koa.js"],
  "cloudtask/hono": [...CORE, "hono.js"],
  "cloudtask/next": [...CORE, "next.js"],
  "cloudtask/next/pages": [...ON_NODE, "next-pages.js"],
  "cloudtask/functions": [...ON_NODE, "functions.js", "_express.js"],
  "cloudtask/awilix": [...CORE, "awilix.js"],
  "cloudtask/types": ["types.js"],
  "cloudtask/admin": [
    ...CORE,
    "admin.js",
    "_batch.js",
    "_naming.js",
    "_queue-uses.js",
    "_received.js",
    "_failures.js",
    "_rolldown-runtime.js",
  ],
  "cloudtask/testing": [
    ...CORE,
    ...RUN,
    "_worker.js",
    "_eager-delivery.js",
    "_expected-result.js",
    "_defer-during.js",
    "_naming.js",
    "testing.js",
    "_testing.js",
  ],
  "cloudtask/testing/vitest": ["vitest.js", "_testing.js"],
  "cloudtask/testing/jest": ["jest.js", "_testing.js"],
  "cloudtask/internal": ["internal.js"],
  "cloudtask/internal/cli": [
    ...CORE,
    "_queue-uses.js",
    "_received.js",
    "_google.js",
    "_rolldown-runtime.js",
    "internal-cli.js",
  ],
  "cloudtask/internal/nestjs": [...CORE, ...RUN, "internal-nestjs.js"],
};

/** Subpaths that import their framework. Its own dependencies are not counted. */
const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = {
  "cloudtask/testing/vitest": ["vitest"],
  "cloudtask/testing/jest": ["@jest/globals"],
};

/** Maximum number of bytes read by an import of the library. */
const LIBRARY = 162_500;

/** Maximum number of bytes read by the import of a subpath, in addition to the library or without it. Only two of them load code that runs tasks. */
const SUBPATH = 30_000;
const LARGER: Readonly<Record<string, number>> = {
  "cloudtask/admin": 105_000,
  "cloudtask/testing": 146_200,
  "cloudtask/internal/nestjs": 61_500,
};

let folder: string;

beforeAll(async () => {
  // Inside node_modules, so "cloudtask" resolves as in a user's project, and every framework is installed.
  folder = await mkdtemp(join(library.folder, "..", ".loaded-test-"));
  await writeFile(join(folder, "worker.mjs"), WORKER);
});

afterAll(() => rm(folder, { recursive: true }));

interface Loaded {
  readonly stdout: string;
  /** The loaded files of the package, by name. */
  readonly own: readonly string[];
  /** The total size of these files. */
  readonly bytes: number;
  /** Other packages that were loaded. */
  readonly foreign: readonly string[];
}

async function loadedBy(program: string, ...args: readonly string[]): Promise<Loaded> {
  const { stdout, files: all } = await recordLoaded([program, ...args], { cwd: folder });
  const files = all.filter((file) => !file.startsWith(folder));
  const own = files.filter((file) => file.startsWith(`${library.folder}/`));
  const sizes = await Promise.all(own.map(async (file) => (await stat(file)).size));
  const foreign = files
    .filter((file) => !own.includes(file))
    .map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file);
  return {
    stdout,
    own: own.map((file) => basename(file)).sort(),
    bytes: sizes.reduce((total, size) => total + size, 0),
    foreign: [...new Set(foreign)],
  };
}

async function loadedByImport(subpath: string): Promise<Loaded> {
  const program = join(folder, `${subpath.replaceAll("/", "-")}.mjs`);
  await writeFile(program, `import ${JSON.stringify(subpath)};`);

  vi.setConfig({ testTimeout: 60_000 });
  return loadedBy(program);
}

test.each(subpaths)("importing %s loads only its own files", async (subpath) => {
  const { own, bytes, foreign } = await loadedByImport(subpath);
  const expected = FRAMEWORKS[subpath] ?? [];
  expect({ own, foreign: foreign.filter((name) => expected.includes(name)) }).toEqual({
    own: FILES[subpath]?.toSorted(),
    foreign: expected,
  });
  expect(expected.length === 0 ? foreign : []).toEqual([]);
  expect(bytes).toBeLessThan((own.includes("_client.js") ? LIBRARY : 0) + (LARGER[subpath] ?? SUBPATH));
});

test("importing cloudtask stays within the budget of the library", async () => {
  expect((await loadedByImport("cloudtask")).bytes).toBeLessThan(LIBRARY);
});

test.each(runtimes)("importing cloudtask does not load the code of fetch, on $node", async ({ binary }) => {
  const program = join(folder, "builtins.mjs");
  await writeFile(
    program,
    'import "cloudtask"; console.log(process.moduleLoadList.filter((id) => id.includes("undici")).join());',
  );
  const { stdout } = await runNode([program], { cwd: folder, binary });
  expect(stdout).toBe("\n");
});

test("a worker loads jose at its first token, not earlier", async () => {
  const idle = await loadedBy(join(folder, "worker.mjs"));
  expect({ stdout: idle.stdout, foreign: idle.foreign }).toEqual({ stdout: "401\n", foreign: [] });
  const withToken = await loadedBy(join(folder, "worker.mjs"), "with-token");
  expect({ stdout: withToken.stdout, foreign: withToken.foreign }).toEqual({ stdout: "401\n401\n", foreign: ["jose"] });
});
