import { onTestFinished } from "vitest";
import { z } from "zod";
import {
  type ClientOptions,
  CloudTaskClient,
  type DeclaredTask,
  depends,
  type TaskDefinition,
} from "../../src/index.ts";
import { type TestClient, type TestClientOptions, testClient } from "../../src/testing/testing.ts";

/** A time at which no throttle or debounce window ends. */
export const NOON: number = Date.parse("2030-01-01T12:00:00Z");

/** A client with some definitions, and its test client. */
export interface Shop {
  readonly client: CloudTaskClient;
  readonly tasks: TestClient;
  readonly sendMail: TaskDefinition<{ to: string; at?: string | Date }, string>;
  readonly tick: TaskDefinition<void, void>;
  readonly fail: TaskDefinition<string, never>;
  readonly chargeCard: DeclaredTask<{ orderId: number }, { orderId: number }>;
  /** The recipients of sent mails. */
  readonly mailbox: string[];
}

const when = z
  .union([z.string(), z.date()])
  .transform((at) => new Date(at))
  .optional();

/** The service that sends mails. */
export const getMailer = depends(() => ({ name: "smtp" }));

/**
 * Creates a client with definitions and a test client whose clock starts at `NOON`. Both are closed when the test ends.
 */
export function openShop(
  options: { readonly client?: Partial<ClientOptions>; readonly test?: TestClientOptions } = {},
): Shop {
  const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", secret: "s3cret-key", ...options.client });
  const mailbox: string[] = [];
  const sendMail = client.task("send-mail", {
    input: z.object({ to: z.string(), at: when }),
    deps: { mailer: getMailer },
    run: async ({ to }, { mailer }) => {
      mailbox.push(to);
      return `${mailer.name} to ${to}`;
    },
  });
  const tick = client.task("tick", () => undefined);
  const fail = client.task("fail", (message: string): never => {
    throw new Error(message);
  });
  const chargeCard = client.declare("charge-card", { input: z.object({ orderId: z.number() }) });
  const tasks = testClient(client, { now: NOON, ...options.test });
  onTestFinished(async () => {
    tasks.close();
    await client.close();
  });
  return { client, tasks, sendMail, tick, fail, chargeCard, mailbox };
}
