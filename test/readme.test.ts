import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endProcess } from "./support/end-process.ts";
import { freePort } from "./support/free-port.ts";
import { runNode } from "./support/run-node.ts";
import { type WatchedProcess, watchProcess } from "./support/watch-process.ts";

/** Runs TypeScript in the process itself. The command `tsx` would start another one, which survives when it is killed. */
const TSX = ["--import", "tsx"];

let folder: string;
const running: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".readme-test-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(endProcess));
  await rm(folder, { recursive: true });
});

/** Writes the README's files, with their ports replaced by free ones. */
async function writeFiles(ports: Readonly<Record<string, number>>): Promise<string[]> {
  const readme = await readFile("README.md", "utf8");
  const blocks = [...readme.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)];
  for (const [, name = "", code = ""] of blocks) {
    const text = Object.entries(ports).reduce((code, [from, to]) => code.replaceAll(from, String(to)), code);
    await writeFile(join(folder, name), text);
  }
  return blocks.map(([, name = ""]) => name);
}

/** The arguments of the README's emulator command, with another port. */
async function emulatorArguments(port: number): Promise<string[]> {
  const [, words = ""] = /^npx @cloudtask\/cli (emulator .*) &$/m.exec(await readFile("README.md", "utf8")) ?? [];
  return [...words.split(" "), "--port", String(port)];
}

/** Starts a script of the README and watches its output. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): WatchedProcess {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, cwd: folder });
  running.push(child);
  return watchProcess(child, args.join(" "));
}

async function answered(request: () => Promise<Response>): Promise<Response> {
  for (;;) {
    try {
      return await request();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test("the five-minute example of the README delivers its tasks", async () => {
  const ports = { "8080": await freePort(), "8123": await freePort() };
  expect(await writeFiles(ports)).toEqual(["tasks.ts", "server.ts", "tasks.test.ts"]);
  start([resolve("node_modules/.bin/cloudtask"), ...(await emulatorArguments(ports["8123"]))]);
  await answered(() => fetch(`http://localhost:${ports["8123"]}/`));
  const server = start([...TSX, join(folder, "server.ts")], {
    CLOUD_TASKS_EMULATOR_HOST: `localhost:${ports["8123"]}`,
    TASKS_SECRET: "only-on-my-laptop",
  });
  const response = await answered(() => fetch(`http://localhost:${ports["8080"]}/signup`, { method: "POST" }));
  expect(response.status).toBe(200);
  await server.printed("welcome, ada@example.com");
  await server.printed("order 500 is paid, attempt 1");
  await server.printed("committed");
});

test("the testing example of the README runs", async () => {
  await writeFiles({});
  const { stdout } = await runNode([...TSX, join(folder, "tasks.test.ts")]);
  expect(stdout).toBe("500 is waiting\norder 500 is paid, attempt 1\ncommitted\n");
});
