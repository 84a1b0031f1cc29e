import type { InjectionToken } from "@nestjs/common";
import { ContextIdFactory, ModuleRef, type ModulesContainer } from "@nestjs/core";
import { REQUEST_CONTEXT_ID } from "@nestjs/core/router/request/request-constants.js";
import type { Delivery } from "cloudtask";
import { disposeInstances } from "./dispose-instances.ts";
import type { ProviderWrapper } from "./provider-wrapper.ts";

/** The instances of one delivery in NestJS's container. */
export interface DeliveryContext {
  /**
   * Returns the instance of a provider or controller in any module: the delivery's own instance, or the app's if it is a singleton.
   *
   * @throws the error of NestJS if there is no such provider, or if it cannot be created
   */
  resolve(token: InjectionToken): Promise<unknown>;
  /** Like `resolve()`, for a provider that was already found. */
  instanceOf(wrapper: ProviderWrapper): Promise<unknown>;
  /**
   * Disposes the delivery's instances, dependents before their dependencies.
   *
   * @throws the errors of all that failed, after every instance was tried
   */
  close(): Promise<void>;
}

interface ContextOptions {
  readonly modules: ModulesContainer;
  /** The reference of any module in the app. */
  readonly moduleRef: ModuleRef;
  /** The provider behind `@InjectDelivery()`. */
  readonly deliveryWrapper: ProviderWrapper | undefined;
  /** Factories whose instances are disposed with the delivery. */
  readonly disposeFactories: ReadonlySet<InjectionToken>;
  readonly delivery: Delivery;
  /** The value of `REQUEST`. */
  readonly request: object;
}

/**
 * Opens a context of NestJS's container, which its documentation calls a "DI sub-tree": request-scoped providers have their own
 * instances there. Close it when the delivery has ended.
 */
export function openContext(options: ContextOptions): DeliveryContext {
  const { modules, moduleRef, deliveryWrapper, disposeFactories, delivery, request } = options;
  // Providers look up their context by ContextIdFactory.getByRequest(request). A delivery inside another one, such as a handler's inside
  // a middleware's, must not reuse the context of the outer one.
  const outer = Object.getOwnPropertyDescriptor(request, REQUEST_CONTEXT_ID);
  Reflect.deleteProperty(request, REQUEST_CONTEXT_ID);
  const id = ContextIdFactory.getByRequest(request, []);
  Reflect.defineProperty(request, REQUEST_CONTEXT_ID, { value: id, configurable: true });
  // NestJS does the same for controllers: the payload of a strategy for durable providers is added to the request.
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
