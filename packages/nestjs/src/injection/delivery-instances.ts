import { type Delivery, type Dependency, depends } from "cloudtask";
import { expressRequest } from "cloudtask/express";
import { fastifyRequest } from "cloudtask/fastify";
import { runningApp } from "../module/running-app.ts";
import type { DeliveryContext } from "./delivery-context.ts";

/** The instances that a delivery has in Nest's container: opened when first needed, disposed before it is answered. */
export const deliveryInstances: Dependency<DeliveryContext> = depends(
  { app: runningApp },
  async function* ({ app, delivery }) {
    const context = app.open(delivery, await requestOf(delivery));
    try {
      yield context;
    } finally {
      await context.close();
    }
  },
  { name: "providers of NestJS" },
);

/** The platform's own request where one carries the delivery, as for any controller. */
function requestOf(delivery: Delivery): Promise<object> {
  return delivery
    .use<object>(expressRequest)
    .catch((): Promise<object> => delivery.use(fastifyRequest))
    .catch(() => delivery.request);
}
