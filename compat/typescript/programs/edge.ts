/** What a user writes for a runtime that is not Node. */
import { CloudTaskClient, createWorker } from "cloudtask";

const client = new CloudTaskClient({ project: "p", location: "l", url: "https://a.test/tasks", secret: "s" });
client.task("hello", async (who: string) => `hello ${who}`);
const worker = createWorker(client);

export const handler: { fetch(request: Request): Promise<Response> } = { fetch: (request) => worker.fetch(request) };
// @ts-expect-error a worker answers requests, not URLs
export const wrong = worker.fetch("https://a.test/tasks");
