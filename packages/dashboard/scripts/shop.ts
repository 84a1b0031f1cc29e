import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type EmulatorOptions, ManualClock } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker, NonRetriableError } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

/** The time of the pictures. */
export const START = new Date("2030-03-04T09:00:00Z");

const HISTORY_MS = 5 * 60_000;
const STEP_MS = 10_000;
const FAILED_ORDER = 50;

/** A shop whose tasks have succeeded, failed, wait, and were discarded. */
export interface Shop extends AsyncDisposable {
  /** The URL of the dashboard. */
  readonly url: string;
  /** The full name of a task that has failed and waits for its next attempt. */
  readonly failedTask: string;
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Starts the shop, five minutes before the time of the pictures, and runs it until then. */
export async function startShop(place: Pick<EmulatorOptions, "project" | "location"> = {}): Promise<Shop> {
  const clock = new ManualClock(START.getTime() - HISTORY_MS);
  const emulator = await createEmulator({
    ...place,
    clock,
    queues: {
      emails: { rate: 50 },
      payments: { rate: 20, concurrency: 4, retry: { maxAttempts: 8, minBackoff: "10s", maxBackoff: "80s" } },
      reports: { paused: true },
      "shop-dead": { paused: true },
    },
  });
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const client = new CloudTaskClient({
    emulatorHost: emulator.host,
    project: emulator.project,
    location: emulator.location,
    queue: "emails",
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks/run`,
    secret: "a-secret-of-the-pictures",
    deadLetter: "shop-dead",
    logger: silent,
  });
  const work = (ms: number): void => clock.turnTo(clock.now() + ms);
  const welcome = client.task("send-welcome-email", (user: { userId: number; email: string }) =>
    work(40 + (user.userId % 60)),
  );
  const charge = client.task("charge-card", {
    queue: "payments",
    run: ({ orderId }: { orderId: number; amount: string }) => {
      work(120 + ((orderId * 37) % 300));
      if (orderId % 10 === 0) throw new Error("the bank answered 503: try again later");
      if (orderId % 7 === 0) throw new NonRetriableError(`order ${orderId} was cancelled`);
    },
  });
  const report = client.task("build-report", { queue: "reports", run: (_: { day: string }) => undefined });
  server.on("request", cloudTaskListener(createWorker(client)));

  const ids = new Map<number, string>();
  for (let hour = 1; hour <= 40; hour++) {
    const delay = `${hour * 20}m` as const;
    await welcome({ userId: hour, email: `user-${hour}@example.com` }).push({ name: `reminder-${hour}`, delay });
  }
  await report({ day: "2030-03-03" }).push({ name: "report-2030-03-03" });
  for (let step = 0; step < HISTORY_MS / STEP_MS; step++) {
    for (let n = 0; n < 4 + (step % 5) * 2; n++) {
      const userId = 1_000 + step * 20 + n;
      await welcome({ userId, email: `user-${userId}@example.com` }).push({ name: `welcome-${userId}` });
    }
    const orderId = 41 + step;
    const { id } = await charge({ orderId, amount: "49.00 EUR" }).push({ name: `order-${orderId}` });
    ids.set(orderId, id);
    // The work of the tasks has moved the clock too.
    await emulator.advance(Math.max(0, START.getTime() - HISTORY_MS + (step + 1) * STEP_MS - clock.now()));
  }
  return {
    url: emulator.url,
    failedTask: `${emulator.queues.find((name) => name.endsWith("/payments"))}/tasks/${ids.get(FAILED_ORDER)}`,
    [Symbol.asyncDispose]: async () => {
      await emulator.close();
      server.close();
    },
  };
}
