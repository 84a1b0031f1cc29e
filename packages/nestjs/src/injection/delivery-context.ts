import type { InjectionToken } from "@nestjs/common";
import { ContextIdFactory, ModuleRef, type ModulesContainer } from "@nestjs/core";
import { REQUEST_CONTEXT_ID } from "@nestjs/core/router/request/request-constants.js";
import type { Delivery } from "cloudtask";
import { disposeInstances } from "./dispose-instances.ts";
import type { ProviderWrapper } from "./provider-wrapper.ts";

/** The instances of one delivery in Nest's container. */
export interface DeliveryContext {
  /**
   * @param token - of a provider or controller in any module
   * @returns its instance: the delivery's own, or the app's where there is only one
   * @throws what Nest throws where there is none, or it cannot be made
   */
  resolve(token: InjectionToken): Promise<unknown>;
  /** The same for a provider that is known already. */
  instanceOf(wrapper: ProviderWrapper): Promise<unknown>;
  /**
   * Disposes what was made, dependents before what they depend on.
   *
   * @throws what failed, once all has been tried
   */
  close(): Promise<void>;
}

/** Where instances are made, and for what. */
interface ContextOptions {
  readonly modules: ModulesContainer;
  /** Of any module. */
  readonly moduleRef: ModuleRef;
  /** Where the delivery is handed to providers. */
  readonly deliveryWrapper: ProviderWrapper | undefined;
  /** Factories whose instances are the delivery's to dispose. */
  readonly disposeFactories: ReadonlySet<InjectionToken>;
  readonly delivery: Delivery;
  /** What `REQUEST` is. */
  readonly request: object;
}

/**
 * Opens a context of Nest's container, a "DI sub-tree", in which request-scoped providers have instances of their own.
 *
 * @param options - where, and for what
 * @returns the context, to be closed when the delivery is over
 */
export function openContext(options: ContextOptions): DeliveryContext {
  const { modules, moduleRef, deliveryWrapper, disposeFactories, delivery, request } = options;
  // Providers find the context they are in by ContextIdFactory.getByRequest(request); a delivery within another, such as a
  // middleware's and its handler's, must not take over that of the outer one.
  const outer = Object.getOwnPropertyDescriptor(request, REQUEST_CONTEXT_ID);
  Reflect.deleteProperty(request, REQUEST_CONTEXT_ID);
  const id = ContextIdFactory.getByRequest(request, []);
  Reflect.defineProperty(request, REQUEST_CONTEXT_ID, { value: id, configurable: true });
  // The payload of a strategy for durable providers is put on the request, as Nest does for controllers.
  moduleRef.registerRequestByContextId(Object.assign(request, id.payload), id);
  deliveryWrapper?.setInstanceByContextId(id, { instance: delivery, isResolved: true });
  return {
    resolve: (token) => moduleRef.resolve(token as string, id, { strict: false }),
    instanceOf: (wrapper) => {
      const own = wrapper.host?.getProviderByKey<ModuleRef>(ModuleRef).instance ?? moduleRef;
      return own.resolve(wrapper.token as string, id, { strict: wrapper.host !== undefined });
    },
    close: async () => {
      Reflect.deleteProperty(request, REQUEST_CONTEXT_ID);
      if (outer !== undefined) Reflect.defineProperty(request, REQUEST_CONTEXT_ID, outer);
      await disposeInstances({ modules, id, disposeFactories });
    },
  };
}
