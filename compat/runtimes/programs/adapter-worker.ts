/** The adapter suite's tasks in a Cloudflare Worker, created at module scope. */
import { env } from "cloudflare:workers";
import { createWorker, type WorkerOptions } from "cloudtask";
import { makeTasks } from "../../../packages/cloudtask/test/adapters/tasks.ts";

const worker = createWorker(makeTasks(), env.OPTIONS as WorkerOptions);

export default { fetch: worker.fetch };
