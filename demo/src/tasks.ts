import { CloudTaskClient } from "cloudtask";
import { z } from "zod";
import { cardCompany } from "./card-company.ts";
import { getInvoices, getOrders } from "./dependencies.ts";
import { errorMessage } from "./error-message.ts";
import { sendMail } from "./mail.ts";
import { log } from "./output.ts";
import { queues } from "./queues.ts";
import { countVisit } from "./visits.ts";

export const client = new CloudTaskClient({
  project: "corner-shop",
  location: "europe-west1",
  queues,
  url: process.env.TASKS_URL ?? "https://shop.example.com/tasks/run",
  secret: process.env.TASKS_SECRET,
  // `onError` prints failed runs in the style of this demo.
  logger: { warn: () => undefined, error: () => undefined },
  onError: ({ delivery, error }) => log.warn(`${delivery.task} failed: ${errorMessage(error)}`),
});

export const sendWelcomeEmail = client.task("send-welcome-email", async (user: { userId: string; email: string }) => {
  await sendMail(user.email, `Welcome, ${user.userId}!`);
});

export const processOrder = client.task("process-order", {
  queue: "orders",
  input: z.object({ orderId: z.number(), due: z.coerce.date() }),
  deps: { orders: getOrders, invoices: getInvoices },
  run: async ({ orderId, due }, { orders, invoices }) => {
    const order = orders.process(orderId, due);
    invoices.issue(orderId, order.cents);
  },
});

export const remindOfBasket = client.task("remind-of-basket", async ({ email }: { email: string }) => {
  await sendMail(email, "Something is still in your basket");
});

export const notifyWarehouse = client.task("notify-warehouse", {
  queue: "partners",
  run: async ({ orderId }: { orderId: number }, { delivery }) => {
    const url = `${process.env.WAREHOUSE_URL}/orders/${orderId}`;
    const response = await fetch(url, { method: "POST", signal: delivery.signal });
    if (!response.ok) throw new Error(`the warehouse answered ${response.status}`);
  },
});

export const refundOrder = client.task("refund-order", {
  queue: "orders",
  deadLetter: "orders-dead",
  input: z.object({ orderId: z.number() }),
  deps: { orders: getOrders, invoices: getInvoices },
  run: async ({ orderId }, { orders, invoices }) => {
    orders.refund(orderId);
    invoices.cancel(orderId);
    cardCompany.refund(orderId);
  },
  onDiscard: ({ delivery, reason, error }) => {
    log.warn(`${delivery.task} was discarded (${reason}): ${errorMessage(error)}`);
  },
});

export const recordVisit = client.task("record-visit", {
  queue: "visits",
  run: async ({ visitor }: { visitor: string }) => countVisit(visitor),
});
