import { type Delivery, type Dependency, depends } from "cloudtask";
import { expressRequest } from "cloudtask/express";
import { fastifyRequest } from "cloudtask/fastify";
import { runningApp } from "../module/running-app.ts";
import type { DeliveryContext } from "./delivery-context.ts";

/** A delivery's instances in NestJS's container: created on first use, disposed before the response is sent. */
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

/** Returns the platform's own request, as controllers receive it, or the delivery's web request if there is none. */
function requestOf(delivery: Delivery): Promise<object> {
  return delivery
    .use<object>(expressRequest)
    .catch((): Promise<object> => delivery.use(fastifyRequest))
    .catch(() => delivery.request);
}
