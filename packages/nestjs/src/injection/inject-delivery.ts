import { Inject } from "@nestjs/common";

/** What stands for the delivery in Nest's container. */
export const DELIVERY: unique symbol = Symbol("cloudtask delivery");

/**
 * Injects the `Delivery` for which an instance is made. What it is injected into becomes request-scoped, as with `REQUEST`;
 * where such an instance is made for something else, an HTTP request of a controller, say, it is `undefined`.
 *
 * @returns a decorator of a constructor parameter or a property
 *
 * @example
 * ```ts
 * constructor(@InjectDelivery() private readonly delivery: Delivery | undefined) {}
 * ```
 */
export function InjectDelivery(): PropertyDecorator & ParameterDecorator {
  return Inject(DELIVERY);
}
