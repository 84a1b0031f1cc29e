import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { deleteValue, setValue } from "../engine/values.ts";
import { type GetOperationRequest, type Operation, OperationSchema } from "../gen/google/longrunning/operations_pb.ts";
import { notFound, RpcError } from "./rpc-error.ts";
import { statusOf } from "./rpc-status.ts";
import type { ServiceContext } from "./service-context.ts";

const PREFIX = "operation/";

/** The number of operations to keep; the oldest are deleted. */
const MOST_OPERATIONS = 1_000;

/** A message and its type. */
interface TypedMessage {
  readonly schema: DescMessage;
  readonly message: MessageShape<DescMessage>;
}

/** The result of an operation. Every operation is done when it is returned. */
export interface OperationResult {
  readonly metadata: TypedMessage;
  /** Undefined if the operation has neither a response nor an error. */
  readonly outcome: TypedMessage | RpcError | undefined;
}

/** google.longrunning.Operations: the operations of batches. */
export class OperationService {
  readonly #engine: ServiceContext["engine"];

  constructor({ engine }: ServiceContext) {
    this.#engine = engine;
  }

  has(name: string): boolean {
    return this.#engine.values.has(PREFIX + name);
  }

  /** Stores an operation under its name. */
  store(operation: Operation): void {
    const binary = toBinary(OperationSchema, operation);
    setValue(this.#engine, PREFIX + operation.name, Buffer.from(binary).toString("base64"));
    const keys = [...this.#engine.values.keys()].filter((key) => key.startsWith(PREFIX));
    for (const key of keys.slice(0, Math.max(0, keys.length - MOST_OPERATIONS))) deleteValue(this.#engine, key);
  }

  /** Answers after the operation and its changes are stored: the caller may rely on them from then on. */
  async getOperation({ name }: GetOperationRequest): Promise<Operation> {
    await this.#engine.store.flushed();
    // Earlier versions stored the origin of the operation after a space.
    const [stored] = this.#engine.values.get(PREFIX + name)?.split(" ") ?? [];
    if (stored === undefined) throw notFound();
    return fromBinary(OperationSchema, Buffer.from(stored, "base64"));
  }
}

/** The message of an operation. */
export function operationOf(name: string, { metadata, outcome }: OperationResult): Operation {
  return create(OperationSchema, {
    name,
    done: true,
    metadata: anyPack(metadata.schema, metadata.message),
    result: resultOf(outcome),
  });
}

function resultOf(outcome: OperationResult["outcome"]): Operation["result"] {
  if (!outcome) return { case: undefined };
  if (outcome instanceof RpcError) return { case: "error", value: statusOf(outcome) };
  return { case: "response", value: anyPack(outcome.schema, outcome.message) };
}

/** Rejects the calls about operations that Cloud Tasks does not serve. */
export function rejectOperationCall(): never {
  throw new RpcError(
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}
