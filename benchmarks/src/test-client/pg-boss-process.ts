/** Sends and runs jobs with pg-boss: `node pg-boss-process.js <count> <folder of the packages> <URL of Postgres>`. Prints a `Load` as JSON. */
import { createRequire } from "node:module";
import { measureLoad } from "../harness/measure-load.ts";
import { repeat } from "../harness/repeat.ts";
import { CONCURRENCY, type Job, jobOf, work } from "./job.ts";

/** The parts of pg-boss that are used here. Its package is not installed in the workspace. */
interface Boss {
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<unknown>;
  createQueue(name: string): Promise<void>;
  send(name: string, data: Job): Promise<unknown>;
  work(
    name: string,
    options: object,
    run: (jobs: readonly { readonly data: Job }[]) => Promise<void>,
  ): Promise<unknown>;
  offWork(name: string): Promise<void>;
}

const [count = "", folder = "", connectionString = ""] = process.argv.slice(2);
const PgBoss = createRequire(`${folder}/`)("pg-boss") as new (options: object) => Boss;
// Without its maintenance, which tests do not need. The polling interval is the shortest that it accepts.
const boss = new PgBoss({ connectionString, supervise: false, schedule: false, max: 20 });
boss.on("error", (error) => {
  throw error;
});
await boss.start();
await boss.createQueue("orders");

async function run(total: number): Promise<void> {
  let completed = 0;
  let resolveDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    resolveDone = resolve;
  });
  await repeat(total, CONCURRENCY, (id) => boss.send("orders", jobOf(id)));
  await boss.work("orders", { batchSize: 500, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const { data } of jobs) work(data);
    completed += jobs.length;
    if (completed === total) resolveDone();
  });
  await done;
  await boss.offWork("orders");
}

await run(500);
console.log(JSON.stringify(await measureLoad(Number(count), () => run(Number(count)))));
process.exit();
