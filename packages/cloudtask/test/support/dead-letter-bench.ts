import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";
import { type ApiCall, type ClientOptions, CloudTaskClient, NonRetriableError, type Transport } from "cloudtask";
import { type Admin, createAdmin, type DeadLetter } from "cloudtask/admin";
import { cloudTaskListener } from "cloudtask/node";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { collect } from "./collect.ts";

/** An emulator, and a client whose worker runs in this process. */
export interface DeadLetterBench {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  readonly admin: Admin;
  /** The letters of the queue `emails-dead`, in any order. */
  letters(): Promise<readonly DeadLetter[]>;
  /** The tasks of a queue, as the API returns them. */
  stored(queue: string): Promise<readonly StoredJson[]>;
}

/** A task of the API. */
export interface StoredJson {
  readonly name: string;
  readonly dispatchDeadline: string;
  readonly retryConfig?: object;
  readonly httpRequest: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly oidcToken?: object;
  };
}

/** Starts an emulator with the queues `default`, `emails` and the paused `emails-dead`, and a worker. */
export async function deadLetterBench(
  options: Partial<ClientOptions> = {},
  emulatorOptions: EmulatorOptions = {},
): Promise<DeadLetterBench> {
  const queues = { default: {}, emails: {}, "emails-dead": { paused: true } };
  const emulator = await createEmulator({ queues, ...emulatorOptions });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new CloudTaskClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`,
    emulatorHost: emulator.host,
    secret: "s3cret-key",
    deadLetter: "emails-dead",
    logger: { warn: () => undefined, error: () => undefined },
    ...options,
  });
  server.on("request", cloudTaskListener(client));
  onTestFinished(async () => {
    await client.close();
    await emulator.close();
    server.closeAllConnections();
    server.close();
  });
  const admin = createAdmin(client);
  return {
    emulator,
    client,
    admin,
    letters: () => collect(admin.deadLetters.list("emails-dead")),
    async stored(queue) {
      const name = `projects/${emulator.project}/locations/${emulator.location}/queues/${queue}`;
      const response = await fetch(`${emulator.url}/v2/${name}/tasks?responseView=FULL`);
      const { tasks = [] } = (await response.json()) as { readonly tasks?: readonly StoredJson[] };
      return tasks;
    },
  };
}

/** The handlers of the tasks whose letters `threeLetters()` creates. */
export interface ThreeLetters {
  /** The handlers fail while `broken` is `true`, and then record their payloads in `ran`. */
  readonly state: { broken: boolean; readonly ran: unknown[] };
}

/** Three dead letters: two of `send`, one of `charge`. The handlers fail while `broken` is true. */
export async function threeLetters(bench: DeadLetterBench): Promise<ThreeLetters> {
  const state = { broken: true, ran: [] as unknown[] };
  const run = (payload: unknown) => {
    if (state.broken) throw new NonRetriableError(`no such address: ${JSON.stringify(payload)}`);
    state.ran.push(payload);
  };
  const send = bench.client.task("send", { queue: "emails", run: (mail: { to: string }) => run(mail) });
  const charge = bench.client.task("charge", {
    input: z.object({ orderId: z.number().transform(String) }),
    retry: { maxAttempts: 1 },
    run: ({ orderId }) => {
      if (state.broken) throw new Error("card declined");
      state.ran.push(orderId);
    },
  });
  await bench.client.pushMany([send({ to: "a" }), send({ to: "b" }), charge({ orderId: 7 })]);
  await bench.emulator.idle();
  return { state };
}

/** Describes letters in a fixed order: the task, and the payload as JSON. */
export function orders(letters: readonly DeadLetter[]): unknown[] {
  return letters.map(({ task, payload }) => `${task} ${JSON.stringify(payload)}`).sort();
}

/** A transport that calls the emulator once, and makes no attempt to explain failures. */
export function transportOf({ emulator }: Pick<DeadLetterBench, "emulator">): Transport {
  return {
    async call({ method, path, body }: ApiCall) {
      const response = await fetch(`${emulator.url}/v2/${path}`, { method, ...(body !== undefined && { body }) });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return { body: await response.json(), attempts: 1 };
    },
    close: async () => undefined,
  };
}
