import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { chargeCard, client, remindUnpaid } from "./contract.ts";
import { Orders } from "./database.ts";

/** The public web service. It stores orders and pushes the tasks that follow. */
const app = new Hono();

app.post("/orders", async (context) => {
  const { email, card } = await context.req.json<{ email: string; card: string }>();
  using orders = new Orders();
  // The pushes are sent after the order is stored, so no task runs for an order that does not exist.
  const orderId = await client.deferPushes(async () => {
    const orderId = orders.add(email, card);
    // The name deduplicates: if the customer repeats this step, the card is charged once.
    await chargeCard({ orderId }).push({ name: `charge-${orderId}` });
    await remindUnpaid({ orderId }).push({ name: `remind-${orderId}`, delay: "1d" });
    return orderId;
  });
  return context.json({ orderId }, 201);
});

/** Handles a second click on the pay button. */
app.post("/orders/:id/charge", async (context) => {
  const orderId = Number(context.req.param("id"));
  const { deduplicated } = await chargeCard({ orderId }).push({ name: `charge-${orderId}` });
  return context.json({ deduplicated });
});

app.get("/orders/:id", (context) => {
  using orders = new Orders();
  const order = orders.get(Number(context.req.param("id")));
  return order ? context.json(order) : context.notFound();
});

export const startWeb = (port: number): ServerType => serve({ fetch: app.fetch, port });
