import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFakeApi } from "./support/fake-api.ts";
import { runNode } from "./support/run-node.ts";

/** A user's program: defines a task, pushes it, and prints its name. */
const PROGRAM = `
import { CloudTaskClient } from "cloudtask";
const client = new CloudTaskClient({ project: "p", location: "l", url: "https://example.com/tasks" });
const hello = client.task("hello", async (who: string) => "hello " + who);
const { name } = await hello("world").push();
console.log(name);
await client.close();
`;

/** A module loader hook that records every loaded file. */
const RECORDER = `
import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + "\\n");
  return next(url, context);
}
`;

// Without this project's tsconfig.json, whose paths point to the sources.
const BUNDLE_OPTIONS = { bundle: true, format: "esm", tsconfigRaw: {} } as const;

// Inside node_modules, so "cloudtask" resolves as in a user's project.
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".dist-test-"));
  await writeFile(join(folder, "program.ts"), PROGRAM);
  await writeFile(join(folder, "program.mjs"), PROGRAM.replace("who: string", "who"));
});

afterAll(() => rm(folder, { recursive: true }));

test("importing cloudtask and pushing loads at most 3 of its files and no other package", async () => {
  await using api = await startFakeApi();
  const record = await mkdtemp(join(tmpdir(), "cloudtask-loaded-"));
  const [recorder, loaded] = [join(record, "recorder.mjs"), join(record, "loaded.txt")];
  await writeFile(recorder, RECORDER);
  const register = `import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(recorder).href)});`;
  const preload = `data:text/javascript,${encodeURIComponent(register)}`;
  const env = { CLOUD_TASKS_EMULATOR_HOST: api.host, LOADED: loaded };
  const { stdout } = await runNode(["--import", preload, join(folder, "program.mjs")], env);
  expect(stdout).toBe("projects/p/locations/l/queues/default/tasks/1\n");
  const files = (await readFile(loaded, "utf8")).split("\n").filter((url) => url.startsWith("file:"));
  const own = files.filter((url) => url.includes("/packages/cloudtask/dist/"));
  expect(own.length).toBeGreaterThan(0);
  expect(own.length).toBeLessThanOrEqual(3);
  expect(files.filter((url) => !own.includes(url))).toEqual([pathToFileURL(join(folder, "program.mjs")).href]);
  await rm(record, { recursive: true });
});

test.each(["unbundled", "bundled"])("the code that is imported late is found, %s", async (form) => {
  await using api = await startFakeApi();
  const source = join(folder, "late.mjs");
  const many = `await client.pushMany([hello("a"), hello("b")], { batch: false });`;
  const later = `await client.deferPushes(() => hello("c").push());`;
  const run = `console.log(await hello("d").execute());`;
  const worked = `const worker = createWorker(client, { allowUnauthenticated: true });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"task":"hello","payload":"e"}' };
    console.log(await (await worker.fetch(new Request("https://example.com/tasks", init))).text());`;
  const program = PROGRAM.replace("who: string", "who").replace(
    "{ CloudTaskClient }",
    "{ CloudTaskClient, createWorker }",
  );
  await writeFile(source, program.replace("await client.close();", `${many} ${later} ${run} ${worked}`));
  const outfile = join(folder, "late-bundle.mjs");
  await build({ ...BUNDLE_OPTIONS, entryPoints: [source], platform: "node", outfile });
  const { stdout } = await runNode([form === "bundled" ? outfile : source], { CLOUD_TASKS_EMULATOR_HOST: api.host });
  expect(stdout.split("\n").slice(1)).toEqual(["hello d", '{"status":"success","result":"hello e"}', ""]);
  expect(api.calls).toHaveLength(4);
});

test("a worker that closes while its code is being loaded finishes earlier deliveries and rejects later ones", async () => {
  const program = join(folder, "closing.mjs");
  const source = `
    import { CloudTaskClient, createWorker } from "cloudtask";
    const client = new CloudTaskClient({ url: "https://example.com/tasks" });
    client.task("hello", () => "hello");
    const worker = createWorker(client, { allowUnauthenticated: true });
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"task":"hello"}' };
    const fetch = () => worker.fetch(new Request("https://example.com/tasks", init));
    const [earlier, , later] = await Promise.all([fetch(), worker.close(), fetch()]);
    console.log(earlier.status, later.status);
  `;
  await writeFile(program, source);
  expect((await runNode([program], {})).stdout).toBe("200 503\n");
});

test("an esbuild bundle of a client runs without google-auth-library", async () => {
  await using api = await startFakeApi();
  const outfile = join(folder, "bundle.mjs");
  await build({ ...BUNDLE_OPTIONS, entryPoints: [join(folder, "program.ts")], platform: "node", outfile });
  const { stdout } = await runNode([outfile], { CLOUD_TASKS_EMULATOR_HOST: api.host });
  expect(stdout).toBe("projects/p/locations/l/queues/default/tasks/1\n");
  expect(api.calls).toEqual(["POST /v2/projects/p/locations/l/queues/default/tasks"]);
});

test("a bundle for a runtime without Node's modules imports none of them and pushes over fetch", async () => {
  await using api = await startFakeApi();
  const outfile = join(folder, "edge.mjs");
  const entryPoints = [join(folder, "program.ts")];
  await build({ ...BUNDLE_OPTIONS, entryPoints, platform: "neutral", conditions: ["workerd"], outfile });
  expect(await readFile(outfile, "utf8")).not.toMatch(/from\s*"node:|import\("node:/);
  await runNode([outfile], { CLOUD_TASKS_EMULATOR_HOST: api.host });
  expect(api.calls).toHaveLength(1);
});

test("require() of the package works", async () => {
  const program = `console.log(typeof require("cloudtask").CloudTaskClient, typeof require("cloudtask/express").cloudTaskRouter)`;
  const file = join(folder, "required.cjs");
  await writeFile(file, program);
  expect((await runNode([file])).stdout).toBe("function function\n");
});

test("all subpaths share one copy of the classes", async () => {
  const file = join(folder, "identity.mjs");
  await writeFile(
    file,
    `import { CloudTaskClient } from "cloudtask";
     import { cloudTaskListener } from "cloudtask/node";
     import { cloudTaskRouter } from "cloudtask/express";
     const client = new CloudTaskClient({ url: "http://x.test/", secret: "s3cret-key" });
     console.log(typeof cloudTaskListener(client), typeof cloudTaskRouter(client));`,
  );
  expect((await runNode([file])).stdout).toBe("function function\n");
});
