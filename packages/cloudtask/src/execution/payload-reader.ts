import { hasCode } from "../core/errors/has-code.ts";
import { decode, type Envelope } from "../payload/codec.ts";
import type { DeliveredPayload } from "./hooks.ts";
import type { HandledTask, Registry } from "./registry.ts";
import type { Settled } from "./settle.ts";

/** Reads the payload of a delivery once. */
export class PayloadReader {
  /** The payload as far as it was read. */
  payload: DeliveredPayload;
  /** The rejection of this payload, if it was rejected. */
  rejection: unknown;
  readonly #envelope: Envelope;
  #reading: Settled | Promise<Settled> | undefined;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
    this.payload = { payloadRead: false, payload: envelope.serialized ?? envelope.payload };
  }

  get hasBegun(): boolean {
    return this.#reading !== undefined;
  }

  /** Reads the payload at the first call. Waits only for a schema or a serializer that is asynchronous. */
  read(task: HandledTask, { serializer }: Registry): Settled | Promise<Settled> {
    this.#reading ??= this.#decode(task, serializer);
    return this.#reading;
  }

  #decode(task: HandledTask, serializer: Registry["serializer"]): Settled | Promise<Settled> {
    try {
      const payload = decode(task, this.#envelope, serializer);
      return typeof Object(payload).then === "function" ? this.#settle(payload) : this.#accept(payload);
    } catch (error) {
      return this.#reject(error);
    }
  }

  async #settle(decoding: unknown): Promise<Settled> {
    try {
      return this.#accept(await decoding);
    } catch (error) {
      return this.#reject(error);
    }
  }

  #accept(payload: unknown): Settled {
    this.payload = { payloadRead: true, payload };
    return { value: payload };
  }

  #reject(error: unknown): Settled {
    if (hasCode(error, "PAYLOAD_INVALID")) this.rejection = error;
    return { error };
  }
}
