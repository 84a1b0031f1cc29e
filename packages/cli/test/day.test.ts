import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type CommandResult, runHere, runWithInput } from "./support/run-here.ts";
import { type Spawned, spawnCloudtask } from "./support/spawned.ts";

const SHARDS = 4;
const MAILS = 4_900;
const INVOICES = 100;

/** A queue starts at most 500 attempts per second, so the mails have several. */
const QUEUES = `
queues:
  mail: { shards: ${SHARDS} }
  invoices: { rate: 100, deadLetter: invoices-dead }
  invoices-dead: { paused: true }
`;

const NO_MAILS = { "mail-0": 0, "mail-1": 0, "mail-2": 0, "mail-3": 0 };

/** Starts the worker of the day. */
async function startWorker(port: number, host: string, env: NodeJS.ProcessEnv = {}): Promise<Spawned> {
  const program = ["--import", "tsx", "packages/cli/test/support/day-worker.ts"];
  const worker = spawnCloudtask([], { PORT: String(port), CLOUD_TASKS_EMULATOR_HOST: host, ...env }, program);
  await worker.seen(/^ready$/m);
  return worker;
}

/** Stops a worker, and returns the numbers of the tasks that it has done. */
async function stopWorker(worker: Spawned): Promise<{ readonly mail: number[]; readonly invoice: number[] }> {
  await worker.kill("SIGTERM");
  return JSON.parse(worker.out().trim().split("\n").at(-1) ?? "");
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function inOrder(list: readonly number[]): readonly number[] {
  return list.toSorted((a, b) => a - b);
}

/** The commands of the day, on one emulator. */
function dayCommands(host: string, port: number) {
  const here = `--emulator=${host}`;
  const run = (...args: readonly string[]): Promise<CommandResult> => runHere(...args, here);
  return {
    run,
    idle: () => runHere("idle", "--emulator", host),
    tasks: async (): Promise<Readonly<Record<string, number>>> => {
      const queues: readonly { readonly id: string; readonly stats: { readonly tasksCount: number } }[] = JSON.parse(
        (await run("queues", "list", "--json")).out,
      );
      return Object.fromEntries(queues.map(({ id, stats }) => [id, stats.tasksCount]));
    },
    push: (definition: string, queue: string, list: readonly number[]): Promise<CommandResult> => {
      const input = list.map((n) => JSON.stringify({ n })).join("\n");
      const target = ["--definition", definition, "--queue", queue, "--url", `http://127.0.0.1:${port}/`];
      return runWithInput(input, "tasks", "push", ...target, "--each", here);
    },
  };
}

test("a day's work: apply queues, push 5,000 tasks, watch, repair the worker, redrive, and nothing is left", async () => {
  await using emulator = await createEmulator({ port: 0, queues: [] });
  await using folder = await temporaryFolder();
  const port = await freePort();
  const { run, idle, tasks, push } = dayCommands(emulator.host, port);

  const file = await folder.write("cloudtask.yaml", QUEUES);
  expect((await run("queues", "plan", file)).code).toBe(3);
  expect((await run("queues", "apply", file)).out).toContain("applied 6 changes");
  expect((await run("queues", "plan", file)).code).toBe(0);

  await using worker = await startWorker(port, emulator.host);
  await using logs = spawnCloudtask(["logs", "-f", `--emulator=${emulator.host}`]);
  await push("send-mail", "mail-0", [0]);
  await logs.seen(/ {2}done$/m);
  for (const shard of numbers(SHARDS)) {
    const list = numbers(MAILS).filter((n) => n > 0 && n % SHARDS === shard);
    expect(await push("send-mail", `mail-${shard}`, list)).toMatchObject({ code: 0, err: "" });
  }
  expect(await push("send-invoice", "invoices", numbers(INVOICES))).toMatchObject({ code: 0, out: "pushed 100 tasks" });

  await idle();
  await runHere("advance", "1m", "--emulator", emulator.url);
  await idle();
  expect(await tasks()).toEqual({ ...NO_MAILS, invoices: 0, "invoices-dead": INVOICES });
  const letters = await run("dead", "list", "invoices-dead");
  expect(letters.out.match(/send-invoice +max-attempts +no template for invoice \d+ +2 /g)).toHaveLength(INVOICES);

  const failed = await stopWorker(worker);
  await using mended = await startWorker(port, emulator.host, { MENDED: "1" });
  const redriven = await run("dead", "redrive", "invoices-dead", "--yes");
  expect(redriven).toMatchObject({ code: 0, out: "redriven 100 dead letters" });
  await idle();
  expect(await tasks()).toEqual({ ...NO_MAILS, invoices: 0, "invoices-dead": 0 });
  expect((await run("dead", "list", "invoices-dead")).err).toBe("no dead letters in invoices-dead");

  const done = await stopWorker(mended);
  expect([failed.invoice, inOrder(failed.mail)]).toEqual([[], numbers(MAILS)]);
  expect([done.mail, inOrder(done.invoice)]).toEqual([[], numbers(INVOICES)]);
  await expect.poll(() => logs.out().match(/ {2}done$/gm)?.length).toBe(MAILS + INVOICES);
  // The reason of a failure takes a call of its own, so its line can follow later.
  await expect.poll(() => logs.out().match(/no template for invoice/g)?.length).toBe(2 * INVOICES);
}, 120_000);
