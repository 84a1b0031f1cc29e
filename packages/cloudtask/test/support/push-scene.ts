import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";
import { onTestFinished, vi } from "vitest";
import type { HttpRequest, HttpSender } from "../../src/core/http-sender.ts";
import { type ClientOptions, CloudTaskClient, PushManyError, type PushManyResult, type Task } from "../../src/index.ts";
import { createHttpSender as createFetchSender } from "../../src/transport/http-fetch.ts";
import { createHttpSender as createNodeSender } from "../../src/transport/http-node.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";

/** The HTTP senders: for Node, and for other runtimes. */
export const senders = [
  { sender: "node:http", create: createNodeSender },
  { sender: "fetch", create: createFetchSender },
] as const;

/** The name of a sender. */
export type SenderName = (typeof senders)[number]["sender"];

/** Simulated time, which passes only while a client waits. The API's clock and Node's sockets use real time. */
export interface PushTime {
  /** Milliseconds since the first push. */
  readonly elapsedMs: () => number;
  /** Advances the time during a call. */
  pass(ms: number): void;
  /** Advances the time until the client aborts the current call. */
  passUntilTimeout(): void;
  /** Called before each wait. */
  onWait: () => unknown;
}

/** An emulator with a paused queue, a proxy in front of it, and a client with simulated time. */
export interface PushScene extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly proxy: FaultProxy;
  readonly client: CloudTaskClient;
  readonly time: PushTime;
  /** The number of creates that have arrived. */
  creates(): number;
  /** The tasks of the queue, with their payloads. */
  tasks(): Promise<readonly StoredTask[]>;
}

/** A task in the API. */
export interface StoredTask {
  readonly name: string;
  readonly payload: unknown;
}

/** A step of simulated time. All limits and waits are multiples of it, so the elapsed time is exact. */
const STEP_MS = 100;

/** Starts a scene. Declare it with `await using`. */
export async function startPushScene(
  sender: SenderName,
  options: { readonly client?: Partial<ClientOptions>; readonly emulator?: EmulatorOptions } = {},
): Promise<PushScene> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const emulator = await createEmulator({ queues: { default: { paused: true } }, ...options.emulator });
  const proxy = await startFaultProxy(emulator.host);
  const own = senders.find((each) => each.sender === sender)?.create() ?? createNodeSender();
  const { time, runtime, watched } = virtualTime(own);
  const transport = createRestTransport({ baseUrl: `http://${proxy.host}`, sender: watched, runtime });
  const { project, location } = emulator;
  const url = "https://worker.test/tasks/run";
  const client = new CloudTaskClient({ project, location, url, transport, ...options.client });
  return {
    emulator,
    proxy,
    client,
    time,
    creates: () => proxy.calls.filter((method) => method === "POST").length,
    tasks: () => storedTasks(emulator),
    async [Symbol.asyncDispose]() {
      await client.close();
      await proxy[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

function virtualTime(sender: HttpSender) {
  let elapsedMs = 0;
  let signal: HttpRequest["signal"] | undefined;
  const time: PushTime = {
    elapsedMs: () => elapsedMs,
    pass(ms) {
      elapsedMs += ms;
      vi.advanceTimersByTime(ms);
    },
    passUntilTimeout() {
      while (signal?.aborted === false) time.pass(STEP_MS);
    },
    onWait: () => undefined,
  };
  const watched: HttpSender = {
    send(request) {
      signal = request.signal;
      return sender.send(request);
    },
    close: () => sender.close(),
  };
  const runtime = {
    now: () => elapsedMs,
    // The longest possible random wait.
    random: () => 1,
    async sleep(ms: number) {
      elapsedMs += ms;
      await time.onWait();
    },
  };
  return { time, runtime, watched };
}

/** Returns all tasks of the emulator's first queue, from all pages. */
export async function storedTasks(emulator: Emulator): Promise<readonly StoredTask[]> {
  const tasks: StoredTask[] = [];
  let token = "";
  do {
    const page = await fetch(`${emulator.url}/v2/${emulator.queues[0]}/tasks?responseView=FULL&pageToken=${token}`);
    const { tasks: some = [], nextPageToken = "" } = (await page.json()) as TasksPage;
    for (const { name, httpRequest } of some) {
      tasks.push({ name, payload: JSON.parse(Buffer.from(httpRequest.body, "base64").toString()).payload });
    }
    token = nextPageToken;
  } while (token !== "");
  return tasks;
}

interface TasksPage {
  readonly tasks?: readonly { readonly name: string; readonly httpRequest: { readonly body: string } }[];
  readonly nextPageToken?: string;
}

/** Pushes tasks, and returns all results, also after a failure. */
export async function pushAll(
  client: CloudTaskClient,
  tasks: readonly Task[],
  options: Parameters<CloudTaskClient["pushMany"]>[1] = {},
): Promise<readonly PushManyResult[]> {
  try {
    return await client.pushMany(tasks, options);
  } catch (error) {
    if (error instanceof PushManyError) return error.results;
    throw error;
  }
}
