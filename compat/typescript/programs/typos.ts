/** One mistake in each call. `small-programs.test.ts` checks that the compiler names it. */
import { CloudTaskClient, depends, type StandardSchema } from "cloudtask";

const client = new CloudTaskClient({ url: "https://a.test/tasks" });
const getOrders = depends(() => ({ find: (id: number) => id }));
declare const input: StandardSchema<{ orderId: number }>;

client.task("1", { input, retry: { maxAttemps: 5 }, run: ({ orderId }) => orderId });
client.task("2", { input, handler: () => 1 });
client.task("3", { input, dep: { orders: getOrders }, run: ({ orderId }) => orderId });
client.task("4", { inputs: input, run: () => 1 });
client.task("5", { input, retry: { maxAttempts: "5" }, run: () => 1 });
client.task("6", { retry: { maxAttemps: 5 }, run: (order: { id: number }) => order.id });
client.task("7", { retry: { maxAttempts: "5" }, run: (order: { id: number }) => order.id });
client.declare("8", { input, retry: { maxAttemps: 5 } });
client.declare("9", { input, retry: { maxAttempts: "5" } });
client.handle(client.declare("10", { input }), { dep: { orders: getOrders }, run: ({ orderId }) => orderId });
