import { type CloudTaskClient, depends } from "cloudtask";
import { errorMessage } from "cloudtask/internal/nestjs";
import { deliveryInstances } from "../injection/delivery-instances.ts";
import { isSingleton } from "../injection/provider-wrapper.ts";
import type { FoundHandler } from "./find-handlers.ts";
import type { OnTaskContext } from "./on-task.ts";

/**
 * Gives a definition its handler, a method of the app.
 *
 * @param client - whose definition it is
 * @param handler - the method
 * @returns what takes it away
 * @throws TypeError where it is no definition of this client, or has a handler
 */
export function wireHandler(client: CloudTaskClient, handler: FoundHandler): () => void {
  const { definition, wrapper, method, where } = handler;
  const call = (instance: unknown, payload: unknown, context: OnTaskContext): unknown => {
    const run: unknown = Reflect.get(Object(instance), method);
    if (typeof run !== "function") throw new TypeError(`${where} is marked by @OnTask, but is no function`);
    return run.call(instance, payload, context);
  };
  try {
    if (isSingleton(wrapper)) {
      return client.handle(definition, (payload, { delivery }) => call(wrapper.instance, payload, { delivery }));
    }
    const instance = depends({ context: deliveryInstances }, ({ context }) => context.instanceOf(wrapper), {
      name: where,
      dispose: false,
    });
    return client.handle(definition, {
      deps: { instance },
      run: (payload, deps) => call(deps.instance, payload, { delivery: deps.delivery }),
    });
  } catch (error) {
    const said = errorMessage(error);
    throw new TypeError(`@OnTask(${definition.name}) on ${where}: ${said}`, { cause: error });
  }
}
