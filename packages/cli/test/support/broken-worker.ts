import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient, NonRetriableError } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

/** An emulator, and a worker whose handler `send-mail` discards every task until it is repaired. */
export interface BrokenWorker extends AsyncDisposable {
  readonly emulator: Emulator;
  /** The URL of the worker. */
  readonly url: string;
  /** The payloads that the mended handler received. */
  readonly received: unknown[];
  /** Pushes a task, which the worker discards. */
  push(to: string): Promise<unknown>;
  mend(): void;
  /** Deletes all tasks, and breaks the handler again. */
  reset(): Promise<void>;
}

/** Starts an emulator with the queues `mail` and `dead`, and a worker. */
export async function startBrokenWorker(): Promise<BrokenWorker> {
  const emulator = await createEmulator({ port: 0, queues: { mail: null, dead: { paused: true } } });
  const received: unknown[] = [];
  let isBroken = true;
  const server = createServer((request, response) => void listener(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { host: emulatorHost, project, location } = emulator;
  const client = new CloudTaskClient({ emulatorHost, url, project, location, queue: "mail", deadLetter: "dead" });
  const send = client.task("send-mail", async (payload: { to: string }) => {
    if (isBroken) throw new NonRetriableError(`no route to ${payload.to}`);
    received.push(payload);
  });
  const listener = cloudTaskListener(client, { allowUnauthenticated: true });
  return {
    emulator,
    url,
    received,
    push: (to) => send({ to }).push(),
    mend: () => {
      isBroken = false;
    },
    reset: async () => {
      isBroken = true;
      received.length = 0;
      await emulator.reset({ clock: true });
    },
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await emulator.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
