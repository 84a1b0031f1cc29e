import { type CloudTaskClient, depends } from "cloudtask";
import { errorMessage } from "cloudtask/internal/nestjs";
import { deliveryInstances } from "../injection/delivery-instances.ts";
import { isSingleton } from "../injection/provider-wrapper.ts";
import type { FoundHandler } from "./find-handlers.ts";
import type { OnTaskContext } from "./on-task.ts";

/**
 * Registers a method of the app as the handler of its definition.
 *
 * @returns a function that removes it
 * @throws TypeError if the definition belongs to another client or already has a handler
 */
export function registerHandler(client: CloudTaskClient, handler: FoundHandler): () => void {
  const { definition, wrapper, method, place } = handler;
  const call = (instance: unknown, payload: unknown, context: OnTaskContext): unknown => {
    const run: unknown = Reflect.get(Object(instance), method);
    if (typeof run !== "function") throw new TypeError(`${place} is marked by @OnTask but is not a function`);
    return run.call(instance, payload, context);
  };
  try {
    if (isSingleton(wrapper)) {
      return client.handle(definition, (payload, { delivery }) => call(wrapper.instance, payload, { delivery }));
    }
    const instance = depends({ context: deliveryInstances }, ({ context }) => context.instanceOf(wrapper), {
      name: place,
      dispose: false,
    });
    return client.handle(definition, {
      deps: { instance },
      run: (payload, deps) => call(deps.instance, payload, { delivery: deps.delivery }),
    });
  } catch (error) {
    throw new TypeError(`@OnTask(${definition.name}) on ${place}: ${errorMessage(error)}`, { cause: error });
  }
}
