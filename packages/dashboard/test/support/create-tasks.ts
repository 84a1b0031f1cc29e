import type { App } from "./start-app.ts";

const BATCH = 100;
const AT_ONCE = 4;

/** Up to this number, the tasks are created in order. */
const IN_ORDER = 1_000;

/** Creates the tasks `t-1` to `t-{count}` in the queue `default`. */
export async function createTasks(app: App, count: number, body: (n: number) => string = String): Promise<void> {
  const parent = app.queue("default");
  let next = 1;
  const createBatches = async (): Promise<void> => {
    while (next <= count) {
      const first = next;
      next += BATCH;
      const size = Math.min(BATCH, count - first + 1);
      const requests = Array.from({ length: size }, (_, index) => {
        const n = first + index;
        const httpRequest = { url: app.target, body: Buffer.from(body(n)).toString("base64") };
        return { parent, task: { name: `${parent}/tasks/t-${n}`, httpRequest } };
      });
      const init = { method: "POST", body: JSON.stringify({ requests }) };
      const answer = await fetch(`${app.url}/v2beta3/${parent}/tasks:batchCreate`, init);
      if (!answer.ok) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: count > IN_ORDER ? AT_ONCE : 1 }, createBatches));
}
