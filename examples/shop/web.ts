import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { chargeCard, client, remindUnpaid } from "./contract.ts";
import { Orders } from "./database.ts";

/** The service that people see. It stores an order, and pushes what is to be done about it. */
const app = new Hono();

app.post("/orders", async (context) => {
  const { email, card } = await context.req.json<{ email: string; card: string }>();
  using orders = new Orders();
  // Sent once the order is stored: a task never runs for an order that is not there.
  const orderId = await client.deferPushes(async () => {
    const orderId = orders.add(email, card);
    // Named: whoever retries this request charges nobody twice.
    await chargeCard({ orderId }).push({ name: `charge-${orderId}` });
    await remindUnpaid({ orderId }).push({ name: `remind-${orderId}`, delay: "1d" });
    return orderId;
  });
  return context.json({ orderId }, 201);
});

/** The customer pressed the button again. */
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
