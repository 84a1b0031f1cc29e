import type { AttemptFinished, MaskedRequest, MaskedResponse } from "../emulator-events.ts";
import type { MaskedExchange } from "./recorded-exchange.ts";

/** The fields of a finished attempt except its request and response. */
export type AttemptFields = Omit<AttemptFinished, "request" | "response">;

/** Returns the request and the response without secrets. */
interface ReadableExchange {
  masked(): Partial<MaskedExchange>;
}

/**
 * A finished attempt whose request and response are read when they are needed. They are own properties, so they are copied and
 * serialized like the others. All attempts share the two getters: an object literal with getters of its own takes ten times
 * as long to create, and more memory.
 */
class AttemptWithExchange {
  readonly #exchange: ReadableExchange;

  constructor(fields: AttemptFields, exchange: ReadableExchange) {
    Object.assign(this, fields);
    this.#exchange = exchange;
    Object.defineProperty(this, "request", AttemptWithExchange.#request);
    Object.defineProperty(this, "response", AttemptWithExchange.#response);
  }

  static readonly #request = {
    enumerable: true,
    get(this: AttemptWithExchange): MaskedRequest | undefined {
      return this.#exchange.masked().request;
    },
  };

  static readonly #response = {
    enumerable: true,
    get(this: AttemptWithExchange): MaskedResponse | undefined {
      return this.#exchange.masked().response;
    },
  };
}

/** Adds the request and the response to an attempt. They are its last properties. */
export function attemptWithExchange(fields: AttemptFields, exchange: ReadableExchange): AttemptFinished {
  return new AttemptWithExchange(fields, exchange) as unknown as AttemptFinished;
}
