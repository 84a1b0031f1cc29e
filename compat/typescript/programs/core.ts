/** A user's program with the library only. Lines below `@ts-expect-error` must not compile. */
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker, type Delivery, depends, type PushResult, type StandardSchema } from "cloudtask";
import { createAdmin, type Plan, type QueuedTask } from "cloudtask/admin";
import { closeOnSignal, cloudTaskListener } from "cloudtask/node";
import type { Dependencies, TaskHandler, WithDelivery } from "cloudtask/types";

/** Mutually assignable; distinguishes `any` from other types. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

declare const orderSchema: StandardSchema<{ orderId: number; due: string }, { orderId: number; due: Date }>;

export const client = new CloudTaskClient({
  project: "p",
  location: "l",
  url: "https://a.test/tasks",
  secret: "s3cret-key",
});

const getDb = depends(async function* () {
  yield { find: (id: number) => `order ${id}` };
});
const getOrders = depends({ db: getDb }, ({ db }) => ({ status: (id: number) => db.find(id) }));

const send = client.task("send", async (user: { email: string }) => user.email.length);
const process = client.task("process", {
  input: orderSchema,
  deps: { orders: getOrders },
  retry: { maxAttempts: 3 },
  run: async ({ orderId, due }, { orders, delivery }) => {
    same<typeof orderId, number>();
    same<typeof due, Date>();
    same<typeof delivery, Delivery>();
    const status = orders.status(orderId);
    same<typeof status, string>();
    return { status };
  },
  onSuccess: ({ result }) => same<typeof result, { status: string }>(),
});
const nothing = client.task("nothing", async () => {});
const declared = client.declare("declared", { input: orderSchema });
const undo = client.handle(declared, async ({ due }) => same<typeof due, Date>());

export type Run<Payload, Deps extends Dependencies> = (payload: Payload, context: WithDelivery<Deps>) => unknown;
export const length: TaskHandler<string, number> & Run<string, Record<never, never>> = (text) => text.length;
export const measure = client.task("measure", length);

export async function use(): Promise<void> {
  const pushed = await process({ orderId: 1, due: "2026-01-01" }).push({ delay: "10m", name: "n" });
  same<typeof pushed, PushResult>();
  const result = await process({ orderId: 1, due: "2026-01-01" }).execute();
  same<typeof result, { status: string }>();
  const length = await send({ email: "a@b.c" }).execute();
  same<typeof length, number>();
  await nothing().push({ at: new Date() });
  await client.pushMany([send({ email: "a@b.c" }), nothing()], { concurrency: 2 });
  client.override(getDb, { find: () => "fake" });
  undo();
}

export function wrong(): void {
  // @ts-expect-error a payload without a required property
  send({});
  // @ts-expect-error a payload of another type
  send({ email: 1 });
  // @ts-expect-error no payload at all
  send();
  // @ts-expect-error the schema's output instead of its input
  process({ orderId: 1, due: new Date() });
  // @ts-expect-error an option that does not exist
  nothing().push({ later: true });
  // @ts-expect-error a replacement of another type
  client.override(getDb, { find: 1 });
  // @ts-expect-error a dependency that the definition does not declare
  client.task("more", { deps: { db: getDb }, run: async (_: { a: 1 }, { orders }) => orders });
  // @ts-expect-error a handler for another payload
  client.handle(declared, async (_: { orderId: string }) => {});
}

export const worker = createWorker(client, { maxConcurrency: 10 });
export const answer: Promise<Response> = worker.fetch(new Request("https://a.test/"));
export const listener = cloudTaskListener(worker);
export const stop = closeOnSignal(worker);
export const emulator: Promise<Emulator> = createEmulator({ queues: { default: { retry: { maxAttempts: 1 } } } });

export async function administrate(): Promise<void> {
  await using admin = createAdmin(client);
  for await (const task of admin.tasks.list<{ email: string }>({ queue: "default", view: "full", definition: send })) {
    same<typeof task, QueuedTask<{ email: string }>>();
    await admin.tasks.delete(task);
  }
  const plan: Plan = await admin.queues.plan({ emails: { rate: "100/m", shards: 2 }, dead: { paused: true } });
  for (const change of plan.changes)
    if (change.action === "delete") same<typeof change.tasksCount, number | undefined>();
  await plan.apply();
  // @ts-expect-error a setting of several queues
  await admin.queues.update("emails", { deadLetter: "dead" });
  // @ts-expect-error no queue
  admin.tasks.list({});
}
