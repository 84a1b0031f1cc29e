import type { HttpTarget, UriOverride } from "../../engine/records.ts";
import {
  UriOverride_UriOverrideEnforceMode as EnforceMode,
  type HttpTargetSchema,
  type HttpTarget as HttpTargetV2,
  UriOverride_Scheme,
} from "../../gen/google/cloud/tasks/v2/target_pb.ts";
import type { HttpTarget as HttpTargetV2beta3 } from "../../gen/google/cloud/tasks/v2beta3/target_pb.ts";
import { authorizationHeader, authorizationOf } from "../authorization.ts";
import { methodName, methodNumber } from "../http-methods.ts";
import type { MessageInit } from "../message-init.ts";
import { invalidArgument } from "../rpc-error.ts";
import { checkHeader } from "../tasks/stored-headers.ts";

/** An HttpTarget of either version; their fields are equal. */
export type HttpTargetMessage = HttpTargetV2 | HttpTargetV2beta3;

/**
 * Reads the HTTP target of a queue, which overrides parts of the requests of its tasks.
 *
 * @throws RpcError for values that google/cloud/tasks/v2beta3/target.proto excludes
 */
export function httpTargetOf(target: HttpTargetMessage | undefined): HttpTarget | undefined {
  if (!target) return undefined;
  const headers = target.headerOverrides.flatMap(({ header }) => (header ? [header] : []));
  for (const { key, value } of headers) checkHeader(key, value, "HttpTarget.headerOverrides");
  const authorization = authorizationOf(target.authorizationHeader);
  return {
    uri: uriOverrideOf(target.uriOverride),
    method: methodName(target.httpMethod, "HttpTarget.httpMethod"),
    headers: headers.map(({ key, value }) => [key, value] as const),
    authorization,
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
  if (uri.host === "") throw invalidArgument("HttpTarget.uriOverride.host cannot be an empty string.");
  if (uri.host !== undefined && !isHost(uri.host)) {
    throw invalidArgument(
      `HttpTarget.uriOverride.host must be a host name without scheme, port and path: "${uri.host}".`,
    );
  }
  const port = uri.port === undefined ? undefined : Number(uri.port);
  if (port !== undefined && !(port >= 0 && port <= 65_535)) {
    throw invalidArgument(`HttpTarget.uriOverride.port must be from 0 to 65535; received ${port}.`);
  }
  return {
    scheme: uri.scheme === undefined ? undefined : uri.scheme === UriOverride_Scheme.HTTP ? "HTTP" : "HTTPS",
    host: uri.host,
    port,
    path: uri.pathOverride?.path,
    query: uri.queryOverride?.queryParams,
    mode: uri.uriOverrideEnforceMode === EnforceMode.IF_NOT_EXISTS ? "IF_NOT_EXISTS" : "ALWAYS",
  };
}

type UriOverrideInit = NonNullable<MessageInit<typeof HttpTargetSchema>["uriOverride"]>;

function uriOverrideMessage({ scheme, host, port, path, query, mode }: UriOverride): UriOverrideInit {
  return {
    ...(scheme !== undefined && { scheme: UriOverride_Scheme[scheme] }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: BigInt(port) }),
    ...(path !== undefined && { pathOverride: { path } }),
    ...(query !== undefined && { queryOverride: { queryParams: query } }),
    uriOverrideEnforceMode: EnforceMode[mode],
  };
}

function isHost(host: string): boolean {
  const name = host.startsWith("[") ? host.replace(/^\[[0-9a-fA-F:.]+\]$/, "") : host;
  return !/[:/?#@\s]/.test(name) && URL.canParse(`http://${host}`);
}
