import type { QueueRouting, QueueTarget } from "../../core/queue-settings.ts";
import { type Json, listOf, numberOf, objectOf, textOf } from "../json-fields.ts";

/**
 * The HTTP target of a queue, as Cloud Tasks has it.
 *
 * @example
 * ```ts
 * const { target } = await admin.queues.get("payments");
 * console.log(target?.host);
 * ```
 */
export interface StoredTarget extends QueueTarget {
  /** Set if the URL parts apply only to tasks without a URL of their own. Tasks of this library always have one. */
  readonly onlyIfMissing?: true | undefined;
}

type Method = NonNullable<QueueTarget["method"]>;

/** The scope that Cloud Tasks uses for an OAuth token without one. */
const DEFAULT_SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** Reads an `HttpTarget` of the API. `undefined` if it changes nothing. */
export function readTarget(json: Json): StoredTarget | undefined {
  const uri = objectOf(json.uriOverride);
  const scheme = textOf(uri.scheme)?.toLowerCase() as QueueTarget["scheme"];
  const target = {
    scheme,
    host: textOf(uri.host),
    port: numberOf(uri.port),
    path: textOf(objectOf(uri.pathOverride).path),
    query: textOf(objectOf(uri.queryOverride).queryParams),
    method: textOf(json.httpMethod) as Method | undefined,
    headers: readHeaders(json.headerOverrides),
    ...readToken(json),
    onlyIfMissing: uri.uriOverrideEnforceMode === "IF_NOT_EXISTS" || undefined,
  };
  return withoutUndefined(target);
}

/** Returns an `HttpTarget` of the API; `undefined` for a target that changes nothing. */
export function targetJson(target: QueueTarget): Json | undefined {
  const { scheme, host, port, path, query, method, headers = {}, serviceAccount, audience, oauthScope } = target;
  const uriOverride = withoutUndefined({
    scheme: scheme?.toUpperCase(),
    host,
    port: port === undefined ? undefined : String(port),
    pathOverride: path === undefined ? undefined : { path },
    queryOverride: query === undefined ? undefined : { queryParams: query },
  });
  const headerOverrides = Object.entries(headers).map(([key, value]) => ({ header: { key, value } }));
  return withoutUndefined({
    uriOverride,
    httpMethod: method,
    headerOverrides: headerOverrides.length === 0 ? undefined : headerOverrides,
    ...(serviceAccount !== undefined &&
      (oauthScope === undefined
        ? { oidcToken: { serviceAccountEmail: serviceAccount, audience } }
        : { oauthToken: { serviceAccountEmail: serviceAccount, scope: oauthScope } })),
  });
}

/** Reads the `AppEngineRouting` of a queue. `undefined` if it names nothing. Its `host` is derived from the rest. */
export function readRouting(json: Json): QueueRouting | undefined {
  return withoutUndefined({
    service: textOf(json.service),
    version: textOf(json.version),
    instance: textOf(json.instance),
  });
}

function readHeaders(overrides: unknown): Readonly<Record<string, string>> | undefined {
  const entries = listOf(overrides).map((each) => {
    const { key, value } = objectOf(objectOf(each).header);
    return [String(key), String(value ?? "")] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function readToken({ oidcToken, oauthToken }: Json): Pick<QueueTarget, "serviceAccount" | "audience" | "oauthScope"> {
  if (oauthToken !== undefined) {
    const { serviceAccountEmail, scope } = objectOf(oauthToken);
    return { serviceAccount: textOf(serviceAccountEmail), oauthScope: textOf(scope) ?? DEFAULT_SCOPE };
  }
  const { serviceAccountEmail, audience } = objectOf(oidcToken);
  return { serviceAccount: textOf(serviceAccountEmail), audience: textOf(audience) };
}

/** Removes the fields that are `undefined`. Returns `undefined` if none is left. */
function withoutUndefined<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
