/** Exports of a user's project that emits declarations: the type of each must have a name outside of cloudtask. */
import {
  CloudTaskClient,
  createWorker,
  type DefinitionName,
  type Dependency,
  depends,
  fromRequest,
  type StandardSchema,
} from "cloudtask";

declare const orderSchema: StandardSchema<{ orderId: number; due: string }, { orderId: number; due: Date }>;

export const client = new CloudTaskClient({ url: "https://a.test/tasks" });
export const worker = createWorker(client, { allowUnauthenticated: true });

export const getPool = depends(() => ({ size: 10 }), { scope: "app" });
export const getOrders = depends({ pool: getPool }, async ({ pool, delivery }) => ({
  find: (id: number) => `${id} ${pool.size} ${delivery.attempt}`,
}));
export const tenant = fromRequest<{ name: string }>("the tenant");

export const send = client.task("send", async (user: { email: string }) => user.email.length);
export const process = client.task("process", {
  input: orderSchema,
  deps: { orders: getOrders, tenant },
  throttle: { key: ({ orderId }) => String(orderId), window: "1m" },
  run: async ({ orderId }, { orders }) => orders.find(orderId),
  onDiscard: (event) => event.payload,
});
export const charge = client.declare("charge", { input: orderSchema });
export const ping = client.declare<{ id: number }>("ping");
export const removeHandler = client.handle(charge, { deps: { orders: getOrders }, run: ({ due }) => due.getTime() });
export const removeLayer = client.use((_, next) => next());
export const restore = client.override(getPool, { size: 1 });

export const task = send({ email: "a@b.test" });
export const pushed = () => task.push({ delay: "1m" });
export const pushedMany = () => client.pushMany([task]);
export const found = client.get("send");

export const define = <Payload>(name: DefinitionName<Payload>, run: (payload: Payload) => Promise<number>) =>
  client.task(name, run);
export const defined = define("defined", async (user: { email: string }) => user.email.length);
export const defineWith = <Schema extends StandardSchema>(name: string, input: Schema) =>
  client.task(name, { input, run: () => 1 });
export const declareWith = <Schema extends StandardSchema>(name: string, input: Schema) =>
  client.declare(name, { input });
export const both = <A>(a: Dependency<A>) => depends({ a, pool: getPool }, ({ a, pool }) => [a, pool] as const);
