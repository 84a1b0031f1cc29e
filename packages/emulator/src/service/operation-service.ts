import { create, type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { anyPack, type Empty, EmptySchema } from "@bufbuild/protobuf/wkt";
import { deleteValue, setValue } from "../engine/values.ts";
import {
  type CancelOperationRequest,
  type DeleteOperationRequest,
  type GetOperationRequest,
  type ListOperationsRequest,
  type ListOperationsResponse,
  ListOperationsResponseSchema,
  type Operation,
  OperationSchema,
  type WaitOperationRequest,
} from "../gen/google/longrunning/operations_pb.ts";
import { pageSize, pageToken, readPageToken } from "./page-token.ts";
import { checkLocationName } from "./resource-names.ts";
import { invalidArgument, notFound, type RpcError, unimplemented } from "./rpc-error.ts";
import { statusOf } from "./rpc-status.ts";
import type { ServiceContext } from "./service-context.ts";

const PREFIX = "operation/";

/** The number of operations to keep; the oldest are deleted. */
const MOST_OPERATIONS = 1_000;

const operationName = /^(projects\/[^/]+\/locations\/[^/]+)\/operations\/[A-Za-z0-9-]+$/;

/** The result of an operation. Every operation is done when it is returned. */
export interface OperationResult {
  readonly metadata: MessageShape<DescMessage>;
  readonly metadataSchema: DescMessage;
  readonly response: MessageShape<DescMessage>;
  readonly responseSchema: DescMessage;
  readonly error: RpcError | undefined;
}

/** The call that created an operation. A repeated request id is a retry only if its call is the same. */
export interface OperationOrigin {
  /** The method, in camelCase. */
  readonly rpc: string;
  readonly parent: string;
}

/** google.longrunning.Operations: the operations of batches. */
export class OperationService {
  readonly #engine: ServiceContext["engine"];

  constructor({ engine }: ServiceContext) {
    this.#engine = engine;
  }

  /** @returns the stored operation; undefined for a new name */
  find(name: string): Operation | undefined {
    const [stored] = this.#stored(name);
    return stored === undefined ? undefined : fromBinary(OperationSchema, Buffer.from(stored, "base64"));
  }

  /** @returns undefined for a new name, and for operations stored by versions that did not record the call */
  originOf(name: string): OperationOrigin | undefined {
    const [, rpc, parent] = this.#stored(name);
    return rpc === undefined || parent === undefined ? undefined : { rpc, parent };
  }

  /** Stores the result of an operation under its name. */
  store(name: string, { rpc, parent }: OperationOrigin, result: OperationResult): void {
    const binary = toBinary(OperationSchema, operationOf(name, result));
    setValue(this.#engine, PREFIX + name, [Buffer.from(binary).toString("base64"), rpc, parent].join(" "));
    const names = this.#names();
    for (const old of names.slice(0, Math.max(0, names.length - MOST_OPERATIONS)))
      deleteValue(this.#engine, PREFIX + old);
  }

  getOperation({ name }: GetOperationRequest): Operation {
    return this.#existing(name);
  }

  #existing(name: string): Operation {
    if (!operationName.test(name)) throw invalidArgument("Invalid resource field value in the request.");
    const operation = this.find(name);
    if (!operation) throw notFound();
    return operation;
  }

  /** Returns at once: an operation is done before its name is returned to a caller. */
  waitOperation({ name }: WaitOperationRequest): Operation {
    return this.#existing(name);
  }

  listOperations({ name, filter, pageSize: size, pageToken: token }: ListOperationsRequest): ListOperationsResponse {
    const parent = name.replace(/\/operations$/, "");
    checkLocationName(parent);
    if (filter !== "") throw unimplemented("ListOperationsRequest.filter");
    const now = this.#engine.clock.now();
    const list = { parent: `${parent}/operations`, filter };
    const after = readPageToken(list, token, now) ?? "";
    const limit = pageSize(size, MOST_OPERATIONS);
    const names = this.#names()
      .filter((each) => each.startsWith(`${parent}/operations/`) && each > after)
      .sort();
    const page = names.slice(0, limit);
    const last = page.at(-1);
    return create(ListOperationsResponseSchema, {
      operations: page.flatMap((each) => this.find(each) ?? []),
      nextPageToken: last !== undefined && names.length > page.length ? pageToken(list, last, now) : "",
    });
  }

  async deleteOperation({ name }: DeleteOperationRequest): Promise<Empty> {
    this.#existing(name);
    deleteValue(this.#engine, PREFIX + name);
    await this.#engine.store.flushed();
    return create(EmptySchema);
  }

  /** Does nothing: every operation is done. The API promises only "a best effort" to cancel. */
  cancelOperation({ name }: CancelOperationRequest): Empty {
    this.#existing(name);
    return create(EmptySchema);
  }

  #stored(name: string): readonly string[] {
    return this.#engine.values.get(PREFIX + name)?.split(" ") ?? [];
  }

  #names(): string[] {
    return [...this.#engine.values.keys()]
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  }
}

/** The message of an operation. */
export function operationOf(name: string, result: OperationResult): Operation {
  return create(OperationSchema, {
    name,
    done: true,
    metadata: anyPack(result.metadataSchema, result.metadata),
    result: result.error
      ? { case: "error", value: statusOf(result.error) }
      : { case: "response", value: anyPack(result.responseSchema, result.response) },
  });
}
