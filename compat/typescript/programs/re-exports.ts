/** A library of a user that exports what it makes of ours. With `declaration`, the compiler must be able to name every type. */
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient, createWorker, depends, fromRequest, isCloudTaskError } from "cloudtask";
import { closeOnSignal, cloudTaskListener } from "cloudtask/node";
import { taskMatchers, testClient } from "cloudtask/testing";

export const client = new CloudTaskClient({ url: "https://a.test/tasks", secret: "s3cret-key" });
export const serialized = new CloudTaskClient({ url: "https://a.test/tasks", serializer: JSON });
export const getDb = depends(async function* () {
  yield { find: (id: number) => id };
});
export const getTenant = fromRequest<string>("tenant");
export const getOrders = depends({ db: getDb, tenant: getTenant }, ({ db, delivery }) => ({ db, delivery }), {
  name: "orders",
});
export const send = client.task("send", async (user: { email: string }) => user.email);
export const withHooks = client.task("hooks", {
  deps: { db: getDb },
  debounce: { key: (order: { id: number }) => String(order.id), window: "1m" },
  run: async (order: { id: number }, { db }) => db.find(order.id),
  onDiscard: ({ payload, reason }) => ({ payload, reason }),
});
export const declared = client.declare<{ id: number }>("declared");
export const remove = client.handle(declared, { deps: { db: getDb }, run: async ({ id }, { db }) => db.find(id) });
export const worker = createWorker(client);
export const listener = cloudTaskListener(worker);
export const stop = (): ReturnType<typeof closeOnSignal> => closeOnSignal(worker, { client });
export const matchers = { ...taskMatchers };
export const tasks = testClient(client);
export const deliver = () => tasks.deliver(send({ email: "a@b.c" }), { overrides: [[getDb, { find: () => 1 }]] });
export const pushed = () => tasks.pushed(send);
export const push = () => client.pushMany([send({ email: "a@b.c" })]);
export const codeOf = (error: unknown) => (isCloudTaskError(error) ? error.code : undefined);
export const emulator = () => createEmulator();
export const attempts = async () => (await emulator()).attempts();
