import {
  create,
  createRegistry,
  type DescMessage,
  type JsonObject,
  type MessageInitShape,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { type Any, AnySchema, anyPack } from "@bufbuild/protobuf/wkt";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  LocalizedMessageSchema,
} from "../gen/google/rpc/error_details_pb.ts";

/** A detail of a google.rpc.Status: a message of google/rpc/error_details.proto. */
export type ErrorDetail = Any;

/** The types of the details. */
export const detailRegistry: Registry = createRegistry(
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  LocalizedMessageSchema,
);

/** An error in a request: its description and the path of the field, which is empty if it has none. */
export interface Violation {
  readonly description: string;
  readonly field: string;
}

/** The JSON of a detail. The service writes the type first, the library last. */
export function detailJson(detail: ErrorDetail): JsonObject {
  const { "@type": type = "", ...fields } = toJson(AnySchema, detail, { registry: detailRegistry }) as JsonObject;
  return { "@type": type, ...fields };
}

/** A google.rpc.Help with one link. */
export function help(description: string, url: string): ErrorDetail {
  return detail(HelpSchema, { links: [{ description, url }] });
}

/** A google.rpc.ErrorInfo. */
export function errorInfo(
  reason: string,
  domain: string,
  metadata: Readonly<Record<string, string>> = {},
): ErrorDetail {
  return detail(ErrorInfoSchema, { reason, domain, metadata });
}

/** A google.rpc.LocalizedMessage in English. */
export function localizedMessage(message: string): ErrorDetail {
  return detail(LocalizedMessageSchema, { locale: "en-US", message });
}

/** A google.rpc.BadRequest. */
export function badRequest(fieldViolations: readonly Violation[]): ErrorDetail {
  return detail(BadRequestSchema, { fieldViolations: [...fieldViolations] });
}

function detail<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): ErrorDetail {
  return anyPack(schema, create(schema, init));
}
