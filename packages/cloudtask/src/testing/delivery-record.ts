import type { Serializer } from "../payload/serializer.ts";
import type { WorkerAnswer } from "../worker/incoming-request.ts";
import type { Outcome } from "../worker/outcome-response.ts";
import type { Attempt } from "./delivery-request.ts";
import { parsePayload, type StoredTask } from "./stored-task.ts";
import type { TestDelivery } from "./test-delivery.ts";
import { textStream } from "./text-stream.ts";

interface Delivered {
  readonly stored: StoredTask;
  readonly attempt: Attempt;
  readonly serializer: Serializer | undefined;
}

/**
 * A `TestDelivery` that parses its payload and creates its `Response` when they are first read. Most tests read neither, and each
 * costs as much as the run of a short task.
 */
export class DeliveryRecord implements TestDelivery {
  // Declared only, so the constructor decides their order.
  declare readonly task: string;
  declare readonly payload: unknown;
  declare readonly id: string;
  declare readonly queue: string;
  declare readonly attempt: number;
  declare readonly scheduledAt: Date;
  declare readonly outcome: TestDelivery["outcome"];
  declare readonly result: unknown;
  declare readonly error: unknown;
  declare readonly reason: TestDelivery["reason"];
  declare readonly response: Response;
  /** The worker's answer. */
  readonly #answer: WorkerAnswer;
  readonly #stored: StoredTask;
  readonly #serializer: Serializer | undefined;
  #parsed: ReturnType<typeof parsePayload> | undefined;
  #response: Response | undefined;

  constructor(
    { stored, attempt, serializer }: Delivered,
    { outcome, answer }: { readonly outcome: Outcome; readonly answer: WorkerAnswer },
  ) {
    this.#stored = stored;
    this.#serializer = serializer;
    this.#answer = answer;
    // Own properties, unlike the getters of a class: a test can compare, spread and print them.
    Object.defineProperty(this, "task", DeliveryRecord.#task);
    Object.defineProperty(this, "payload", DeliveryRecord.#payload);
    this.id = attempt.id;
    this.queue = attempt.queue;
    this.attempt = attempt.attempt;
    this.scheduledAt = new Date(attempt.scheduledMs);
    this.outcome = outcome.kind;
    this.result = "result" in outcome ? outcome.result : undefined;
    this.error = "message" in outcome ? new Error(outcome.message) : "error" in outcome ? outcome.error : undefined;
    this.reason = "reason" in outcome ? outcome.reason : undefined;
    Object.defineProperty(this, "response", DeliveryRecord.#lateResponse);
  }

  get answer(): WorkerAnswer {
    return this.#answer;
  }

  /** `true` if Cloud Tasks retries the task. */
  get isRetried(): boolean {
    const { status } = this.answer;
    return status < 200 || status > 299;
  }

  #parse(): ReturnType<typeof parsePayload> {
    this.#parsed ??= parsePayload(this.#stored.body, this.#serializer);
    return this.#parsed;
  }

  #createResponse(): Response {
    const { text, status, headers } = this.#answer;
    this.#response ??= new Response(textStream(text), { status, headers });
    return this.#response;
  }

  static {
    // Node prints `[Getter]` for own getters. Source: https://nodejs.org/api/util.html#utilinspectcustom
    Object.defineProperty(DeliveryRecord.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: DeliveryRecord): object {
        return { ...this };
      },
    });
  }

  static readonly #task: PropertyDescriptor = getter((of) => of.#parse().task);
  static readonly #payload: PropertyDescriptor = getter((of) => of.#parse().payload);
  static readonly #lateResponse: PropertyDescriptor = getter((of) => of.#createResponse());
}

/** One function for all records, so that they share their hidden class. */
function getter(read: (of: DeliveryRecord) => unknown): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: DeliveryRecord) {
      return read(this);
    },
  };
}
