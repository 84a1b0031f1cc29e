import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A target of tasks, which answers 200 and tells of what it got. */
export interface Target extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the body of the next request that nobody has asked for yet. */
  next(): Promise<string>;
}

/** Starts a target on any port. */
export async function startTarget(): Promise<Target> {
  const arrived: string[] = [];
  const waiting: ((body: string) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const take = waiting.shift();
    if (take) take(body);
    else arrived.push(body);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    next: () => {
      const body = arrived.shift();
      return body === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(body);
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Creates a task over REST. */
export async function createTask(base: string, queue: string, task: object): Promise<{ readonly name: string }> {
  const response = await fetch(`${base}/v2/${queue}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as { name: string };
}
