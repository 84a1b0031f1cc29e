import { type Delivery, type Dependency, depends } from "cloudtask";
import type { DeliveryContext } from "../injection/delivery-context.ts";

/** A NestJS app, as deliveries use it. */
export interface RunningApp {
  /**
   * Opens the context that resolves the instances of one delivery.
   *
   * @param delivery - injected into providers by `@InjectDelivery()`
   * @param request - injected into providers as `REQUEST`
   */
  open(delivery: Delivery, request: object): DeliveryContext;
}

/** The app that serves a client. `CloudTaskModule` overrides it while its app runs. */
export const runningApp: Dependency<RunningApp> = depends(
  (): RunningApp => {
    throw new TypeError(
      "fromNest(): no NestJS app is running for this client. Import CloudTaskModule.forRoot({ client }) in an app and start it " +
        "(app.listen() or app.init()), or replace the dependency with client.override()",
    );
  },
  { scope: "app", name: "the NestJS app" },
);
