import type { Delivery } from "../../dependencies/delivery.ts";
import type { Dependency } from "../../dependencies/dependency.ts";
import { depends } from "../../dependencies/depends.ts";
import { expressRequest } from "../express.ts";
import { fastifyRequest } from "../fastify.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { runningApp } from "./running-app.ts";

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
