import { Inject } from "@nestjs/common";

/** The injection token of the delivery. */
export const DELIVERY: unique symbol = Symbol("cloudtask delivery");

/**
 * Injects the current `Delivery`. The provider becomes request-scoped, as with `REQUEST`. The value is `undefined` in instances that
 * are not created for a delivery, for example for an HTTP request to a controller.
 *
 * @returns a decorator for a constructor parameter or a property
 *
 * @example
 * ```ts
 * class Tracer {
 *   constructor(@InjectDelivery() private readonly delivery: Delivery | undefined) {}
 * }
 * ```
 */
export function InjectDelivery(): PropertyDecorator & ParameterDecorator {
  return Inject(DELIVERY);
}
