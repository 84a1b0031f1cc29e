import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { queues } from "./queues.ts";

/** The services that a deployment provides, on this machine and for the run time of the demo. */
export interface LocalEnvironment extends AsyncDisposable {
  readonly emulator: Emulator;
  /** Already listens, because tasks need its URL. The caller adds the request handler. */
  readonly server: Server;
  readonly workerUrl: string;
}

/**
 * Starts an emulator with the shop's queues, and a server for the worker. Sets their URLs as environment variables, as a
 * deployment does, so import the modules that read them afterwards.
 */
export async function startLocalEnvironment(): Promise<LocalEnvironment> {
  const emulator = await createEmulator({ project: "corner-shop", location: "europe-west1", queues });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = await mkdtemp(join(tmpdir(), "cloudtask-demo-"));

  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const workerUrl = `${url}/tasks/run`;
  Object.assign(process.env, {
    CLOUD_TASKS_EMULATOR_HOST: emulator.host,
    TASKS_URL: workerUrl,
    TASKS_SECRET: randomUUID(),
    WAREHOUSE_URL: `${url}/warehouse`,
    DATABASE_FILE: join(directory, "shop.db"),
    OUTBOX: join(directory, "outbox"),
  });
  return {
    emulator,
    server,
    workerUrl,
    async [Symbol.asyncDispose]() {
      await emulator.close();
      server.close();
      server.closeAllConnections();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
