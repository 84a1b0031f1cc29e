/** A user's program for a runtime other than Node. */
import { CloudTaskClient, createWorker } from "cloudtask";

const client = new CloudTaskClient({ project: "p", location: "l", url: "https://a.test/tasks", secret: "s3cret-key" });
client.task("hello", async (who: string) => `hello ${who}`);
const worker = createWorker(client);

export const handler: { fetch(request: Request): Promise<Response> } = { fetch: (request) => worker.fetch(request) };
// @ts-expect-error fetch() accepts a Request, not a URL
export const wrong = worker.fetch("https://a.test/tasks");
