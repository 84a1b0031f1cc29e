import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { onTestFinished } from "vitest";

/** An app with an emulator: a client that pushes, and a worker that runs its tasks. */
export interface App {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  /** The URL of the dashboard. */
  readonly url: string;
  /** The URL of the worker. */
  readonly target: string;
  /** The full name of a queue. */
  queue(id: string): string;
  /** The view of a queue's tab. */
  queueView(id: string, tab?: string): string;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Starts an app, which is stopped when the test ends. Its queue for dead letters is `dead`, if the options have one. */
export async function startApp(options: EmulatorOptions = {}): Promise<App> {
  const emulator = await createEmulator(options);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/run`;
  const client = new CloudTaskClient({
    emulatorHost: emulator.host,
    project: emulator.project,
    location: emulator.location,
    queue: "default",
    url: target,
    secret: "a-secret-of-the-tests",
    logger: silent,
    ...(Object.hasOwn(options.queues ?? {}, "dead") ? { deadLetter: "dead" } : {}),
  });
  server.on("request", cloudTaskListener(createWorker(client)));
  onTestFinished(async () => {
    await emulator.close();
    server.closeAllConnections();
    server.close();
  });
  const queue = (id: string): string => `projects/${emulator.project}/locations/${emulator.location}/queues/${id}`;
  return {
    emulator,
    client,
    url: emulator.url,
    target,
    queue,
    queueView: (id, tab) => `queues/${encodeURIComponent(queue(id))}${tab === undefined ? "" : `/${tab}`}`,
  };
}
