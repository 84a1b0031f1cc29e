/** Pushes and runs tasks with a test client: `node cloudtask-process.js <count>`. Prints a `Load` as JSON. */
import { CloudTaskClient } from "cloudtask";
import { testClient } from "cloudtask/testing";
import { measureLoad } from "../harness/measure-load.ts";
import { repeat } from "../harness/repeat.ts";
import { CONCURRENCY, type Job, jobOf, work } from "./job.ts";

const client = new CloudTaskClient({ url: "https://api.example.com/tasks/run", secret: "a-secret-of-the-benchmark" });
const processOrder = client.task("process-order", async (job: Job) => work(job));
using tasks = testClient(client);

async function run(count: number): Promise<void> {
  await repeat(count, CONCURRENCY, (id) => processOrder(jobOf(id)).push());
  const { length } = await tasks.drain({ limit: count });
  if (length !== count) throw new Error(`${length} of ${count} tasks ran`);
  tasks.reset();
}

const count = Number(process.argv[2]);
await run(1_000);
console.log(JSON.stringify(await measureLoad(count, () => run(count))));
