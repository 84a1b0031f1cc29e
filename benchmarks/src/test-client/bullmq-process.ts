/** Adds and runs jobs with BullMQ: `node bullmq-process.js <count> <folder of the packages> <port of Redis>`. Prints a `Load` as JSON. */
import { createRequire } from "node:module";
import { measureLoad } from "../harness/measure-load.ts";
import { repeat } from "../harness/repeat.ts";
import { CONCURRENCY, type Job, jobOf, work } from "./job.ts";

/** The parts of BullMQ that are used here. Its package is not installed in the workspace. */
interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => { add(name: string, data: Job, options: object): Promise<unknown>; close(): Promise<void> };
  readonly Worker: new (
    name: string,
    run: (job: { readonly data: Job }) => Promise<number>,
    options: object,
  ) => { on(event: "completed", listener: () => void): void; close(force: boolean): Promise<void> };
}

const [count = "", folder = "", port = ""] = process.argv.slice(2);
const { Queue, Worker } = createRequire(`${folder}/`)("bullmq") as BullMq;
const connection = { host: "127.0.0.1", port: Number(port), maxRetriesPerRequest: null };
const queue = new Queue("orders", { connection });

async function run(total: number): Promise<void> {
  let completed = 0;
  const worker = new Worker("orders", async ({ data }) => work(data), { connection, concurrency: CONCURRENCY });
  const done = new Promise<void>((resolve) => {
    worker.on("completed", () => {
      completed += 1;
      if (completed === total) resolve();
    });
  });
  await repeat(total, CONCURRENCY, (id) => queue.add("process-order", jobOf(id), { removeOnComplete: true }));
  await done;
  await worker.close(true);
}

await run(1_000);
console.log(JSON.stringify(await measureLoad(Number(count), () => run(Number(count)))));
process.exit();
