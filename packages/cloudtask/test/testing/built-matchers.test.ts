import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

/** A user's test that imports the built packages. */
const TEST = `
import { CloudTaskClient } from "cloudtask";
import { testClient } from "cloudtask/testing";
import "cloudtask/testing/vitest";
import { expect, test } from "vitest";

const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", secret: "s3cret-key" });
const greet = client.task("greet", async (user: { name: string }) => "hello " + user.name);

test("the built packages", async () => {
  using tasks = testClient(client);
  await greet({ name: "ada" }).push();
  expect(tasks).toHavePushed(greet, { name: expect.any(String) });
  expect((await tasks.drain())[0]).toHaveSucceeded();
  // @ts-expect-error another payload
  expect(tasks).not.toHavePushed(greet, { name: 1 });
});
`;

const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    lib: ["ES2022", "ESNext.Disposable", "DOM"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
  files: ["user.test.ts"],
};

let folder: string;

beforeAll(async () => {
  await mkdir(".built", { recursive: true });
  folder = await mkdtemp(resolve(".built", "packed-"));
  await writeFile(join(folder, "user.test.ts"), TEST);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "vitest.config.js"), 'export default { test: { include: ["*.test.ts"] } };');
});

afterAll(() => rm(folder, { recursive: true }));

async function output(command: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  const running = promisify(execFile)(resolve("node_modules/.bin", command), args, { env, cwd: folder });
  const { stdout, stderr } = await running.catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

test("Vitest runs a test with the built matchers", async () => {
  expect(await output("vitest", "run")).toMatch(/Tests {2}1 passed \(1\)/);
}, 60_000);

test("the built matchers are typed in Vitest", async () => {
  expect(await output("tsc", "-p", ".")).not.toMatch(/error/);
}, 60_000);
