import { Inject } from "@nestjs/common";
import { CloudTaskClient } from "cloudtask";

/**
 * Injects the client that `CloudTaskModule` was given. The class `CloudTaskClient` is its token, so that where the compiler
 * emits types of parameters, that type alone does it too.
 *
 * @returns a decorator of a constructor parameter or a property
 *
 * @example
 * ```ts
 * constructor(@InjectClient() private readonly client: CloudTaskClient) {}
 * ```
 */
export function InjectClient(): PropertyDecorator & ParameterDecorator {
  return Inject(CloudTaskClient);
}
