import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createEmulator,
  type Duration,
  type Emulator,
  type EmulatorQueueSettings,
  ManualClock,
} from "@cloudtask/emulator";
import { onTestFinished, vi } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { type ClientOptions, CloudTaskClient } from "../../src/index.ts";
import { createHttpSender } from "../../src/transport/http-node.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";

/** An emulator, a client and its worker, with one simulated clock. */
export interface ClockedScene {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  /** The URL of the worker. */
  readonly url: string;
  /** The time of the emulator, and of the client unless a test sets another. */
  readonly now: () => number;
  /** Advances the clock, and runs the tasks that are due by then. */
  advance(by: Duration): Promise<void>;
}

/** The end of a day, an hour and a minute; windows end at the same time. */
export const START: number = Date.parse("2030-01-01T00:00:00Z");

/** Advances the clock of this process as well. */
class SharedClock extends ManualClock {
  override turnTo(to: number): void {
    vi.setSystemTime(Math.max(to, this.now()));
    super.turnTo(to);
  }
}

/** Starts a scene with these options of the client and the queue. It is closed after the test. */
export async function startClockedScene(
  options: { readonly client?: Partial<ClientOptions>; readonly queue?: EmulatorQueueSettings } = {},
): Promise<ClockedScene> {
  const clock = new SharedClock(START);
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue = { rate: 500, burst: 500, ...options.queue };
  const emulator = await createEmulator({ clock, queues: { default: queue }, appEngine: base });
  const url = `${base}/tasks/run`;
  // With a transport of its own the client keeps this process's clock, as it does with Cloud Tasks. Some tests set it apart.
  const { apiRetry: retry, ...clientOptions } = options.client ?? {};
  const transport = createRestTransport({ baseUrl: emulator.url, sender: createHttpSender(), emulator: true, retry });
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host, transport, ...clientOptions });
  server.on("request", cloudTaskListener(client, { allowUnauthenticated: true }));
  onTestFinished(async () => {
    vi.useRealTimers();
    await emulator.close();
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    emulator,
    client,
    url,
    now: () => clock.now(),
    advance: (by) => emulator.advance(by),
  };
}
