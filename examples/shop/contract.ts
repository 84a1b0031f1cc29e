import { CloudTaskClient } from "cloudtask";
import { z } from "zod";
import { queues } from "./queues.ts";

/** The contract of the two services: the web service pushes these tasks, and the worker runs them. Neither imports the other's code. */
export const client = new CloudTaskClient({
  url: process.env.WORKER_URL ?? "http://localhost:8081/tasks/run",
  secret: process.env.TASKS_SECRET,
  queues,
});

const order = z.object({ orderId: z.number().int() });

export const chargeCard = client.declare("charge-card", { input: order, queue: "payments", retry: { maxAttempts: 4 } });
export const sendReceipt = client.declare("send-receipt", { input: order.extend({ email: z.email() }) });
export const remindUnpaid = client.declare("remind-unpaid", { input: order });
