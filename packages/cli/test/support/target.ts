import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a target received. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A target of tasks, which answers 200. */
export interface Target extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the next request. */
  next(): Promise<Received>;
}

/** Starts a target on any port. */
export async function startTarget(): Promise<Target> {
  const arrived: Received[] = [];
  const waiting: ((received: Received) => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    const take = waiting.shift();
    if (take) take(received);
    else arrived.push(received);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    next: () => {
      const received = arrived.shift();
      return received ? Promise.resolve(received) : new Promise((resolve) => waiting.push(resolve));
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
