import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type AttemptFinished, createEmulator, type Emulator, type EmulatorQueueSettings } from "@cloudtask/emulator";
import { type ClientOptions, CloudTaskClient, type WorkerOptions } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

/** An emulator, a client that uses it, and the client's worker. */
export interface TestEnvironment extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  /** The URL of the worker. */
  readonly url: string;
  /** All attempts that have finished so far. */
  readonly finishedAttempts: readonly AttemptFinished[];
}

/**
 * Starts an emulator with the queue `default`, a client and its worker. Declare the result with `await using`.
 *
 * @param options - `queue` configures the queue, by default with one attempt; `client` and `worker` override their defaults
 */
export async function startTestEnvironment(
  options: { queue?: EmulatorQueueSettings; client?: Partial<ClientOptions>; worker?: WorkerOptions } = {},
): Promise<TestEnvironment> {
  // No retries, unless a test configures them.
  const queue = { ...options.queue, retry: { maxAttempts: 1, ...options.queue?.retry } };
  const emulator = await createEmulator({ queues: { default: queue } });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`;
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret-key", ...options.client });
  server.on("request", cloudTaskListener(client, options.worker));
  const finishedAttempts: AttemptFinished[] = [];
  emulator.on("attempt", (event) => event.phase === "finished" && finishedAttempts.push(event));
  return {
    emulator,
    client,
    url,
    finishedAttempts,
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Creates a task with any body, as programs without this library could. */
export async function createRaw({ emulator, url }: TestEnvironment, body: string): Promise<void> {
  const task = {
    httpRequest: {
      url,
      headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" },
      body: Buffer.from(body).toString("base64"),
    },
  };
  const response = await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`, {
    method: "POST",
    body: JSON.stringify({ task }),
  });
  if (!response.ok) throw new Error(await response.text());
}
