import { hasCode } from "../core/errors/has-code.ts";
import type { PayloadInvalidError } from "../core/errors/payload-invalid-error.ts";
import { decode } from "../payload/codec.ts";
import type { Envelope } from "../payload/envelope.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { DeliveredPayload } from "./hooks.ts";
import type { TaskRecord } from "./registry.ts";

/** The payload of a delivery: as it came, and once it was read, as the handler is given it. */
export class IncomingPayload {
  readonly #envelope: Envelope;
  readonly #task: TaskRecord;
  readonly #serializer: Serializer | undefined;
  #shown: DeliveredPayload;
  #refusal: PayloadInvalidError | undefined;
  #reading: Promise<unknown> | undefined;

  /**
   * @param envelope - the body that it came in
   * @param task - which definition
   * @param serializer - the client's, where it has one
   */
  constructor(envelope: Envelope, task: TaskRecord, serializer: Serializer | undefined) {
    this.#envelope = envelope;
    this.#task = task;
    this.#serializer = serializer;
    this.#shown = { payloadRead: false, payload: envelope.serialized ?? envelope.payload };
  }

  /** What hooks are told of it. */
  get shown(): DeliveredPayload {
    return this.#shown;
  }

  /** Whether anyone has begun to read it. */
  get isAskedFor(): boolean {
    return this.#reading !== undefined;
  }

  /**
   * @returns what the handler is given; read once, whoever asks
   * @throws PayloadInvalidError, and what else `decode()` throws
   */
  read(): Promise<unknown> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /**
   * @param error - what made a delivery fail
   * @returns whether it is this payload that was refused; a handler may meet such an error with a push of its own
   */
  isRefusedBy(error: unknown): boolean {
    return this.#refusal !== undefined && this.#refusal === error;
  }

  async #read(): Promise<unknown> {
    try {
      const payload = await decode(this.#task, this.#envelope, this.#serializer);
      this.#shown = { payloadRead: true, payload };
      return payload;
    } catch (error) {
      if (hasCode(error, "PAYLOAD_INVALID")) this.#refusal = error;
      throw error;
    }
  }
}
