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

/** How many operations are remembered; the oldest give way. */
const MOST_OPERATIONS = 1_000;

const operationName = /^(projects\/[^/]+\/locations\/[^/]+)\/operations\/[A-Za-z0-9-]+$/;

/** What an operation came to: every one is finished when it is answered. */
export interface OperationResult {
  readonly metadata: MessageShape<DescMessage>;
  readonly metadataSchema: DescMessage;
  readonly response: MessageShape<DescMessage>;
  readonly responseSchema: DescMessage;
  readonly error: RpcError | undefined;
}

/** The call that an operation is of: it tells whether a call under the same id is that one, sent again. */
export interface OperationOrigin {
  /** The method, in camelCase. */
  readonly rpc: string;
  readonly parent: string;
}

/** google.longrunning.Operations: what became of batches. */
export class OperationService {
  readonly #engine: ServiceContext["engine"];

  constructor({ engine }: ServiceContext) {
    this.#engine = engine;
  }

  /** The operation that a batch of this id has left before, undefined for a new one. */
  find(name: string): Operation | undefined {
    const [kept] = this.#kept(name);
    return kept === undefined ? undefined : fromBinary(OperationSchema, Buffer.from(kept, "base64"));
  }

  /** The call that left the operation; undefined where there is none, or it was kept by a version that did not say. */
  originOf(name: string): OperationOrigin | undefined {
    const [, rpc, parent] = this.#kept(name);
    return rpc === undefined || parent === undefined ? undefined : { rpc, parent };
  }

  /** Keeps what an operation came to, under its name. */
  keep(name: string, { rpc, parent }: OperationOrigin, result: OperationResult): void {
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

  /** Nothing to wait for: an operation is done before anyone learns its name. */
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

  /** "The server makes a best effort": what is done stays done. */
  cancelOperation({ name }: CancelOperationRequest): Empty {
    this.#existing(name);
    return create(EmptySchema);
  }

  #kept(name: string): readonly string[] {
    return this.#engine.values.get(PREFIX + name)?.split(" ") ?? [];
  }

  #names(): string[] {
    return [...this.#engine.values.keys()]
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  }
}

/** What an operation came to, as a message. */
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
