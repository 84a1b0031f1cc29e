import type { CloudTaskClient } from "cloudtask";
import { cloudTaskRouter } from "cloudtask/express";
import express, { type Express } from "express";
import type { DeliveryLog } from "./delivery-log.ts";
import { warehouse } from "./warehouse.ts";

/** The worker: an ordinary Express app, with the tasks of a client mounted at one path. */
export function createApp(client: CloudTaskClient, deliveries: DeliveryLog): Express {
  const app = express();
  app.use("/tasks/run", deliveries.record, cloudTaskRouter(client));
  app.use("/warehouse", warehouse());
  return app;
}
