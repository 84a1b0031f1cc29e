import {
  create,
  type DescMethod,
  fromBinary,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import { AnySchema, FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { Emulator } from "@cloudtask/emulator";
import { type ServiceError, status } from "@grpc/grpc-js";
import { CloudTasks as CloudTasksV2 } from "../../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { CloudTasks as CloudTasksV2beta3 } from "../../../src/gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import { Operations } from "../../../src/gen/google/longrunning/operations_pb.ts";
import { StatusSchema } from "../../../src/gen/google/rpc/status_pb.ts";
import { messageJson } from "../../../src/rest/json/message-json.ts";
import { cloudTasksRoutes, operationRoutes } from "../../../src/rest/routes.ts";
import { detailRegistry } from "../../../src/service/error-details.ts";
import { GrpcClient } from "../../support/port.ts";

/** A call: the name of its method in camelCase, and its request as JSON. A mask is `{ paths }`, so it can be invalid. */
export type Call = readonly [rpc: string, request: object];

/** The answer to a call: a message as JSON, or an error with the name of its code and its details as JSON. */
export type Outcome =
  | { readonly answer: JsonValue }
  | { readonly error: { readonly code: string; readonly message: string; readonly details: readonly JsonValue[] } };

/** Calls the API over one protocol. */
export type Caller = (emulator: Emulator, call: Call) => Promise<Outcome>;

export const callGrpc: Caller = grpcCaller([...CloudTasksV2.methods, ...Operations.methods]);

/** Calls v2beta3. Its errors are those of v2, apart from the name of the version in them. */
export const callGrpcBeta: Caller = grpcCaller([...CloudTasksV2beta3.methods, ...Operations.methods]);

function grpcCaller(methods: readonly DescMethod[]): Caller {
  return (emulator, [rpc, request]) => {
    const method = methods.find(({ localName }) => localName === rpc);
    if (!method) throw new Error(`There is no method ${rpc}.`);
    return callMethod(emulator, method, request as JsonObject);
  };
}

async function callMethod(emulator: Emulator, method: DescMethod, body: JsonObject): Promise<Outcome> {
  const { updateMask, ...request } = body;
  using client = new GrpcClient({ address: emulator.host });
  const message = fromJson(method.input, request) as Message & { updateMask?: unknown };
  if (updateMask) message.updateMask = create(FieldMaskSchema, updateMask as { paths: string[] });
  try {
    return { answer: messageJson(method.output, await client.call<DescMethod>(method, message), false) };
  } catch (error) {
    return { error: errorOf(error as ServiceError) };
  }
}

function errorOf({ code, details: message, metadata }: ServiceError): Extract<Outcome, { error: unknown }>["error"] {
  const [bytes] = metadata.get("grpc-status-details-bin");
  const details = Buffer.isBuffer(bytes) ? fromBinary(StatusSchema, bytes).details : [];
  return {
    code: String(status[code]),
    message,
    details: details.map((detail) => toJson(AnySchema, detail, { registry: detailRegistry })),
  };
}

export async function callRest(emulator: Emulator, call: Call): Promise<Outcome> {
  const { method, path, body } = restRequest(call);
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${emulator.url}/v2/${path}`, { method, ...init });
  const json = (await response.json()) as { error?: { message: string; status: string; details?: JsonValue[] } };
  if (!json.error || json.error.message === undefined || response.ok) return { answer: json as JsonValue };
  const { message, status: code, details = [] } = json.error;
  return { error: { code, message, details } };
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body: JsonValue | undefined;
}

/** Translates a call into the request of the REST API. */
function restRequest([rpc, fields]: Call): HttpRequest {
  const request = fields as JsonObject;
  const [pattern, method, binding] = routeOf(rpc);
  const [first = "", second] = binding.name.split(".");
  const { [first]: named = "", updateMask, ...rest } = request;
  const name = String(second === undefined ? named : (named as JsonObject)[second]);
  const body = binding.body === undefined || binding.body === "*" ? rest : (request[binding.body] ?? {});
  const query = new URLSearchParams();
  if (updateMask) query.set("updateMask", (updateMask as { paths: string[] }).paths.map(camelCase).join(","));
  if (binding.body === undefined) for (const [key, value] of Object.entries(rest)) query.set(key, String(value));
  const path = `${pathOf(pattern, name)}${query.size > 0 ? `?${query}` : ""}`;
  return { method, path, body: binding.body === undefined ? undefined : body };
}

function routeOf(rpc: string): [pattern: string, method: string, binding: { name: string; body?: string }] {
  for (const [pattern, bindings] of Object.entries({ ...cloudTasksRoutes, ...operationRoutes })) {
    for (const [method, binding] of Object.entries(bindings))
      if (binding.rpc === rpc) return [pattern, method, binding];
  }
  throw new Error(`No route calls ${rpc}.`);
}

function pathOf(pattern: string, name: string): string {
  const segments = name.split("/").map(encodeURIComponent);
  const [, resource = "", verb = ""] = /^(.*?)(:[A-Za-z]+)?$/.exec(pattern) ?? [];
  return [...segments, ...resource.split("/").slice(segments.length)].join("/") + verb;
}

function camelCase(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
