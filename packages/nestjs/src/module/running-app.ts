import { type Delivery, type Dependency, depends } from "cloudtask";
import type { DeliveryContext } from "../injection/delivery-context.ts";

/** A Nest app, as deliveries use it. */
export interface RunningApp {
  /**
   * @param delivery - as providers will see it
   * @param request - what `REQUEST` is in it
   * @returns what resolves the delivery's instances
   */
  open(delivery: Delivery, request: object): DeliveryContext;
}

/** The app that serves a client. `CloudTaskModule` overrides it as long as its app runs. */
export const runningApp: Dependency<RunningApp> = depends(
  (): RunningApp => {
    throw new TypeError(
      "fromNest(): no NestJS app runs for this client: import CloudTaskModule.forRoot({ client }) in one and start it " +
        "(app.listen() or app.init()), or replace what fromNest() gives by client.override()",
    );
  },
  { scope: "app", name: "the NestJS app" },
);
