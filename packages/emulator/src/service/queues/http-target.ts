import type { HttpTarget, UriOverride } from "../../engine/records.ts";
import {
  UriOverride_UriOverrideEnforceMode as EnforceMode,
  HttpMethod,
  type HttpTargetSchema,
  type HttpTarget as HttpTargetV2,
  UriOverride_Scheme as Scheme,
} from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import type { HttpTarget as HttpTargetV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/target_pb.ts";
import { authorizationHeader, authorizationOf } from "../authorization.ts";
import { errorInfo } from "../error-details.ts";
import { methodName, methodNumber } from "../http-methods.ts";
import type { MessageInit } from "../message-init.ts";
import { invalidArgument, type RpcError } from "../rpc-error.ts";
import { checkHeaderOverrides } from "./header-overrides.ts";

/** An HttpTarget of either version; their fields are equal. */
export type HttpTargetMessage = HttpTargetV2 | HttpTargetV2beta3;

/**
 * Reads the HTTP target of a queue, which overrides parts of the requests of its tasks. It is stored as it was sent: Cloud Tasks
 * fills in no defaults.
 *
 * @throws RpcError for the first value that the real service would reject
 */
export function httpTargetOf(target: HttpTargetMessage | undefined): HttpTarget | undefined {
  if (!target) return undefined;
  if (HttpMethod[target.httpMethod] === undefined) throw badTarget("");
  const uri = uriOverrideOf(target.uriOverride);
  const headers = target.headerOverrides.flatMap(({ header }) => (header ? [[header.key, header.value] as const] : []));
  checkHeaderOverrides(headers.map(([name]) => name));
  return {
    uri,
    method: methodName(target.httpMethod),
    headers,
    authorization: authorizationOf(target.authorizationHeader),
  };
}

/** The HttpTarget message of either version. */
export function httpTargetMessage(target: HttpTarget): MessageInit<typeof HttpTargetSchema> {
  return {
    ...(target.uri && { uriOverride: uriOverrideMessage(target.uri) }),
    httpMethod: methodNumber(target.method),
    headerOverrides: target.headers.map(([key, value]) => ({ header: { key, value } })),
    ...(target.authorization && { authorizationHeader: authorizationHeader(target.authorization) }),
  };
}

function uriOverrideOf(uri: HttpTargetMessage["uriOverride"]): UriOverride | undefined {
  if (!uri) return undefined;
  const { scheme, host, port, pathOverride, queryOverride, uriOverrideEnforceMode: mode } = uri;
  if (EnforceMode[mode] === undefined || (scheme !== undefined && Scheme[scheme] === undefined)) throw badTarget("");
  if (host !== undefined && !isHost(host)) throw badTarget("Invalid Host.");
  if (port !== undefined && port < 0n) throw badTarget("Port number should be a positive integer.");
  const parts = [scheme, host, port, pathOverride, queryOverride];
  if (parts.every((part) => part === undefined)) throw badTarget("Invalid uri_override.");
  return {
    scheme: scheme === undefined ? undefined : (Scheme[scheme] as UriOverride["scheme"]),
    host,
    port: port === undefined ? undefined : Number(port),
    path: pathOverride?.path,
    query: queryOverride?.queryParams,
    mode:
      mode === EnforceMode.URI_OVERRIDE_ENFORCE_MODE_UNSPECIFIED
        ? undefined
        : (EnforceMode[mode] as UriOverride["mode"]),
  };
}

type UriOverrideInit = NonNullable<MessageInit<typeof HttpTargetSchema>["uriOverride"]>;

function uriOverrideMessage({ scheme, host, port, path, query, mode }: UriOverride): UriOverrideInit {
  return {
    ...(scheme !== undefined && { scheme: Scheme[scheme] }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: BigInt(port) }),
    ...(path !== undefined && { pathOverride: { path } }),
    ...(query !== undefined && { queryOverride: { queryParams: query } }),
    ...(mode !== undefined && { uriOverrideEnforceMode: EnforceMode[mode] }),
  };
}

function badTarget(text: string): RpcError {
  return invalidArgument(`Error in parsing HttpTarget. ${text}`, [
    errorInfo("INVALID_INPUT_ON_HTTP_TARGET_OVERRIDE", "cloudtasks.googleapis.com", { invalid_field: text }),
  ]);
}

/** A host without scheme, port and path. */
function isHost(host: string): boolean {
  const name = host.startsWith("[") ? host.replace(/^\[[0-9a-fA-F:.]+\]$/, "") : host;
  return host !== "" && !/[:/?#@\s]/.test(name) && URL.canParse(`http://${host}`);
}
