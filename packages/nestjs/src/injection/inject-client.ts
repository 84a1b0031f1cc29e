import { Inject } from "@nestjs/common";
import { CloudTaskClient } from "cloudtask";

/**
 * Injects the client of `CloudTaskModule`. Its token is the class `CloudTaskClient`. If your compiler emits parameter types, you can
 * therefore omit the decorator in constructors.
 *
 * @returns a decorator for a constructor parameter or a property
 *
 * @example
 * ```ts
 * class SignUpService {
 *   constructor(@InjectClient() private readonly client: CloudTaskClient) {}
 * }
 * ```
 */
export function InjectClient(): PropertyDecorator & ParameterDecorator {
  return Inject(CloudTaskClient);
}
