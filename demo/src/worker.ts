import type { CloudTaskClient } from "cloudtask";
import { cloudTaskRouter } from "cloudtask/express";
import express, { type Express } from "express";
import type { DeliveryLog } from "./delivery-log.ts";
import { warehouse } from "./warehouse.ts";

/** An ordinary Express app that serves the client's tasks at one path. */
export function createApp(client: CloudTaskClient, deliveries: DeliveryLog): Express {
  const app = express();
  app.use("/tasks/run", deliveries.record, cloudTaskRouter(client));
  app.use("/warehouse", warehouse());
  return app;
}
