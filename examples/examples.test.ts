import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../test/support/free-port.ts";
import { type WatchedProcess, watchProcess } from "../test/support/watch-process.ts";

/** The output of the task that `/signup` pushes. */
const WELCOME = "welcome, ada@example.com";
const running: ChildProcess[] = [];

afterEach(() => {
  for (const { pid, exitCode } of running.splice(0)) {
    if (exitCode === null) process.kill(-Number(pid), "SIGKILL");
  }
});

/** Runs `npm start` of an example, as a reader does. */
function start(name: string, env: Readonly<Record<string, string>>): WatchedProcess {
  const { NODE_OPTIONS: _, VITEST: __, ...clean } = process.env;
  const child = spawn("npm", ["start", "--silent"], {
    cwd: join("examples", name),
    env: { ...clean, ...env },
    detached: true,
  });
  running.push(child);
  return watchProcess(child, name);
}

async function answered(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url, { method: "POST" }).catch(() => undefined);
    if (response?.ok) return response.text();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test.each(["node", "express", "fastify", "koa", "hono", "functions", "nest"])(
  "the %s example pushes a task and receives its delivery",
  async (name) => {
    await using emulator = await createEmulator();
    const port = await freePort();
    const app = start(name, { PORT: String(port), CLOUD_TASKS_EMULATOR_HOST: emulator.host });
    expect(await answered(`http://localhost:${port}/signup`)).toMatch(/^pushed \d+/);
    await app.printed(WELCOME);
    await emulator.idle();
    expect(emulator.attempts().map(({ response }) => response?.status)).toEqual([200]);
  },
);

test("the shop example charges each order once, retries, cancels, and sends reminders", async () => {
  const ports = { PORT: String(await freePort()), WORKER_PORT: String(await freePort()) };
  const lines = (await start("shop", ports).ended).trim().split("\n");
  expect(lines.filter((line) => line.startsWith("order 1"))).toEqual([
    "order 1: placed",
    "order 1: charged again, deduplicated: true",
    "order 1: paid at attempt 3",
    "order 1: receipt sent to ada@example.com",
    "order 1: no reminder, it is paid",
  ]);
  expect(lines).toContain("order 2: cancelled, the card is stolen");
  expect(lines.at(-1)).toMatch(/^7 attempts: /);
});

test.each(readdirSync("examples").filter((name) => !name.includes(".") && name !== "shop"))(
  "the %s example has at most 40 lines of code",
  (name) => {
    const lines = sourcesOf(join("examples", name)).flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.length).toBeLessThanOrEqual(40);
  },
);

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", ".next"].includes(entry.name) ? [] : sourcesOf(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}
