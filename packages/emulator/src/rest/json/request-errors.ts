import { badRequest, type Violation } from "../../service/error-details.ts";
import { invalidArgument } from "../../service/rpc-error.ts";

/** The errors of a REST request, which are collected before the call and reported together, as Google's front end does. */
export class RequestErrors {
  readonly #violations: Violation[] = [];

  /** @param field - the path of the field, in snake_case; empty if there is none */
  add(description: string, field = ""): void {
    this.#violations.push({ description, field });
  }

  /** @param parent - the path of the message; empty for the request itself */
  addUnknownName(name: string, parent: string, reason: string): void {
    const at = parent === "" ? "" : ` at '${parent}'`;
    this.add(`Invalid JSON payload received. Unknown name "${name}"${at}: ${reason}`, parent);
  }

  /** Adds a query parameter that is no field. */
  addUnbound(name: string, reason: string): void {
    this.add(`Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. ${reason}`);
  }

  /**
   * @param type - the type that the field has: `TYPE_STRING`, or the full name of an enum or a message
   * @param reason - the reason or the value as JSON
   */
  addInvalidValue(path: string, type: string, reason: string): void {
    const shown = type.includes(".") ? `type.googleapis.com/${type}` : type;
    this.add(`Invalid value at '${path}' (${shown}), ${reason}`, path);
  }

  /** @throws RpcError with a google.rpc.BadRequest if there are errors */
  throwIfAny(): void {
    if (this.#violations.length === 0) return;
    const message = this.#violations.map(({ description }) => description).join("\n");
    throw invalidArgument(message, [badRequest(this.#violations)]);
  }
}
