import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type AttemptFinished, createEmulator, type Emulator, type QueueConfig } from "@cloudtask/emulator";
import { type ClientOptions, CloudTaskClient, type WorkerOptions } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

/** An emulator, a client pointed at it, and the client's worker, all on this machine. */
export interface Scene extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  /** Where the worker is. */
  readonly url: string;
  /** Attempts that have finished so far. */
  readonly finished: readonly AttemptFinished[];
}

/** Fails fast: what a test wants retried it says itself. */
const ONCE: QueueConfig = { name: "default", maxAttempts: 1 };

/**
 * @param options - `queue`: the settings of the queue `default`, one attempt where left out; `client` and `worker`: options
 * over what a test needs
 * @returns the scene; declare it with `await using`
 */
export async function startScene(
  options: { queue?: Partial<QueueConfig>; client?: Partial<ClientOptions>; worker?: WorkerOptions } = {},
): Promise<Scene> {
  const emulator = await createEmulator({ queues: [{ ...ONCE, ...options.queue }] });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`;
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host, secret: "s3cret", ...options.client });
  server.on("request", cloudTaskListener(client, options.worker));
  const finished: AttemptFinished[] = [];
  emulator.on("attempt", (event) => event.phase === "finished" && finished.push(event));
  return {
    emulator,
    client,
    url,
    finished,
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Creates a task as any other program could: with this very body. */
export async function createRaw({ emulator, url }: Scene, body: string): Promise<void> {
  const task = {
    httpRequest: {
      url,
      headers: { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret" },
      body: Buffer.from(body).toString("base64"),
    },
  };
  const response = await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks`, {
    method: "POST",
    body: JSON.stringify({ task }),
  });
  if (!response.ok) throw new Error(await response.text());
}
