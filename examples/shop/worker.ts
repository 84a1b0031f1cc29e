import { type ServerType, serve } from "@hono/node-server";
import { depends, NonRetriableError } from "cloudtask";
import { cloudTaskHandler } from "cloudtask/hono";
import { Hono } from "hono";
import { chargeCard, client, remindUnpaid, sendReceipt } from "./contract.ts";
import { Orders } from "./database.ts";
import { Gateway } from "./gateway.ts";

/** The worker service. Each delivery gets its own transaction, which is committed or rolled back before the response. */
const getOrders = depends(async function* () {
  using orders = new Orders();
  orders.begin();
  try {
    yield orders;
    orders.commit();
  } catch (error) {
    orders.rollback();
    throw error;
  }
});
export const getGateway = depends(() => new Gateway(), { scope: "app" });

client.handle(chargeCard, {
  deps: { gateway: getGateway, orders: getOrders },
  run: async ({ orderId }, { gateway, orders, delivery }) => {
    const order = orders.get(orderId);
    if (order === undefined) throw new NonRetriableError(`there is no order ${orderId}`);
    await gateway.charge(order.card, { idempotencyKey: `order-${orderId}` });
    if (!orders.close(orderId, "paid")) return;
    console.log(`order ${orderId}: paid at attempt ${delivery.attempt}`);
    await sendReceipt({ orderId, email: order.email }).push({ name: `receipt-${orderId}` });
  },
  onDiscard: async ({ payload, error, delivery }) => {
    const { orderId } = payload as { orderId: number };
    (await delivery.use(getOrders)).close(orderId, "cancelled");
    console.log(`order ${orderId}: cancelled, ${(error as Error).message}`);
  },
});

client.handle(sendReceipt, async ({ orderId, email }) => console.log(`order ${orderId}: receipt sent to ${email}`));

client.handle(remindUnpaid, {
  deps: { orders: getOrders },
  run: async ({ orderId }, { orders }) => {
    const { status } = orders.get(orderId) ?? {};
    console.log(`order ${orderId}: ${status === "open" ? "reminded" : `no reminder, it is ${status}`}`);
  },
});

const app = new Hono();
app.post("/tasks/run", cloudTaskHandler(client, { maxConcurrency: 20 }));

export const startWorker = (port: number): ServerType => serve({ fetch: app.fetch, port });
