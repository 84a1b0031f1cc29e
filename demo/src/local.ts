import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator } from "@cloudtask/emulator";

/** All that a deployment would provide, on this machine and for a moment. */
export interface Local extends AsyncDisposable {
  readonly emulator: Emulator;
  /** Listens already, so that its URL is known; what answers is up to whoever asks for it. */
  readonly server: Server;
  readonly workerUrl: string;
}

/**
 * Starts an emulator with the queues of the shop, and a server for its worker. Where they are goes into the environment,
 * as in a deployment: modules that read it are to be imported after this.
 */
export async function startLocal(): Promise<Local> {
  const emulator = await createEmulator({
    project: "corner-shop",
    location: "europe-west1",
    queues: [
      "default",
      "visits",
      { name: "orders", concurrency: 1 }, // SQLite has one writer
      { name: "partners", minBackoff: "250ms", maxDoublings: 4, maxAttempts: 5 },
    ],
  });
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
