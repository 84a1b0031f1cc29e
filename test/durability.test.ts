import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endProcess } from "./support/end-process.ts";
import { isThorough } from "./support/thorough.ts";

const KILLS = isThorough ? 22 : 7;
const PUSHERS = 3;

/** Runs the built emulator in a separate process. */
const EMULATOR = `
import { createEmulator } from "@cloudtask/emulator";
const queue = { rate: 500, burst: 500, retry: { minBackoff: "50ms", maxBackoff: "200ms" } };
const emulator = await createEmulator({ port: Number(process.env.PORT), dataDir: process.env.DATA, queues: { default: queue } });
console.log(emulator.host);
`;

/**
 * Pushes named tasks one after the other, repeats each push until it is answered, and prints the answer: \`new\` if the task was
 * created, \`duplicate\` if its name was taken. Every tenth task is pushed once more afterwards.
 */
const PUSHER = `
const { EMULATOR, TARGET, PUSHER } = process.env;
const queue = "projects/local-project/locations/us-central1/queues/default";
async function push(id) {
  const task = { name: queue + "/tasks/" + id, httpRequest: { url: TARGET + id } };
  for (;;) {
    try {
      const response = await fetch("http://" + EMULATOR + "/v2/" + queue + "/tasks", { method: "POST", body: JSON.stringify({ task }) });
      const answer = await response.json();
      if (response.status === 200) return "new";
      if (response.status === 409) return "duplicate";
      return "rejected " + JSON.stringify(answer);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
let isOver = false;
process.stdin.on("data", () => { isOver = true; });
async function pushSequentially(pusher) {
  for (let index = 0; !isOver; index++) {
    const id = ["p" + PUSHER, pusher, index].join("-");
    console.log(id, await push(id));
    if (index % 10 === 0) console.log(id, await push(id));
  }
}
await Promise.all([1, 2, 3, 4].map(pushSequentially));
process.exit();
`;

let folder: string;
let dataDir: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  await mkdir("node_modules", { recursive: true });
  folder = await mkdtemp(join(process.cwd(), "node_modules", ".durability-test-"));
  dataDir = await mkdtemp(join(tmpdir(), "cloudtask-durability-"));
  await writeFile(join(folder, "emulator.mjs"), EMULATOR);
  await writeFile(join(folder, "pusher.mjs"), PUSHER);
});

afterEach(async () => {
  await Promise.all([...children].map(endProcess));
  await rm(folder, { recursive: true });
  await rm(dataDir, { recursive: true });
});

function start(script: string, env: Readonly<Record<string, string>>): ChildProcess {
  const options = {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"] as ["pipe", "pipe", "inherit"],
  };
  const child = spawn(process.execPath, [join(folder, script)], options);
  children.add(child);
  return child;
}

/** Starts the emulator and waits until it listens. */
async function startEmulator(port: number): Promise<{ child: ChildProcess; host: string }> {
  const child = start("emulator.mjs", { PORT: String(port), DATA: dataDir });
  const [line] = await once(child.stdout ?? child, "data");
  return { child, host: String(line).trim() };
}

/** Starts a target that counts its calls per task. */
async function startTarget(): Promise<{ server: http.Server; url: string; delivered: Map<string, number> }> {
  const delivered = new Map<string, number>();
  const server = http.createServer((request, response) => {
    const id = request.url?.slice(1) ?? "";
    delivered.set(id, (delivered.get(id) ?? 0) + 1);
    request.resume();
    response.end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, delivered };
}

/** Starts a process that pushes, and collects the answers for each task. */
function startPusher(number: number, host: string, target: string, answers: Map<string, string[]>): ChildProcess {
  const child = start("pusher.mjs", { EMULATOR: host, TARGET: target, PUSHER: String(number) });
  createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
    const [id = "", ...answer] = line.split(" ");
    answers.set(id, [...(answers.get(id) ?? []), answer.join(" ")]);
  });
  return child;
}

test("an emulator that is killed repeatedly delivers every acknowledged task and accepts no name twice", async () => {
  const { server, url, delivered } = await startTarget();
  const answers = new Map<string, string[]>();
  let { child: emulator, host } = await startEmulator(0);
  const port = Number(host.split(":")[1]);
  const pushers = Array.from({ length: PUSHERS }, (_, number) => startPusher(number, host, url, answers));
  for (let kill = 0; kill < KILLS; kill++) {
    const before = answers.size;
    // Waits for some answers, and then for a varying time.
    while (answers.size < before + 50) await wait(5);
    await wait((kill * 37) % 150);
    emulator.kill("SIGKILL");
    await once(emulator, "exit");
    emulator = (await startEmulator(port)).child;
  }
  for (const pusher of pushers) pusher.stdin?.write("over\n");
  await Promise.all(pushers.map((pusher) => once(pusher, "close")));
  while ([...answers.keys()].some((id) => !delivered.has(id))) await wait(20);

  const all = [...answers.values()];
  const calls = [...delivered.values()].reduce((sum, times) => sum + times, 0);
  process.stdout.write(
    `${KILLS} kills: ${answers.size} tasks acknowledged, ${delivered.size} delivered, ${calls - delivered.size} repeated deliveries\n`,
  );
  expect(all.flat().filter((answer) => answer.startsWith("rejected"))).toEqual([]);
  expect(all.filter((each) => each.filter((answer) => answer === "new").length > 1)).toEqual([]);
  server.close();
  server.closeAllConnections();
}, 120_000);
