import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Duration, type Emulator, ManualClock, type QueueConfig } from "@cloudtask/emulator";
import { onTestFinished, vi } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { type ClientOptions, CloudTaskClient } from "../../src/index.ts";

/** An emulator, a client and its worker, on one clock that moves only when it is turned. */
export interface ClockedScene {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  /** Where the worker is. */
  readonly url: string;
  /** The emulator's time, which is also the client's as long as nobody sets that apart. */
  readonly now: () => number;
  /** Turns the clock, and lets run what comes due. */
  advance(by: Duration): Promise<void>;
}

/** The end of a day, an hour and a minute, at which windows end too. */
export const START: number = Date.parse("2030-01-01T00:00:00Z");

/** Turns this process's clock along. */
class SharedClock extends ManualClock {
  override turnTo(to: number): void {
    vi.setSystemTime(Math.max(to, this.now()));
    super.turnTo(to);
  }
}

/**
 * @param options - of the client, and of the queue
 * @returns the scene, gone when the test is over
 */
export async function startClockedScene(
  options: { readonly client?: Partial<ClientOptions>; readonly queue?: Partial<QueueConfig> } = {},
): Promise<ClockedScene> {
  const clock = new SharedClock(START);
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const queue = { name: "default", rate: 500, burst: 500, ...options.queue };
  const emulator = await createEmulator({ clock, queues: [queue], appEngine: base });
  const url = `${base}/tasks/run`;
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host, ...options.client });
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
