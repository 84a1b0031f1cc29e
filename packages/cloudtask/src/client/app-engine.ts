import { rejectUnknownOptions } from "../core/check-options.ts";
import { checkUrlLength } from "./push/limits.ts";

/**
 * Which App Engine service runs a task, in place of an HTTP target. Each field that is left out comes from the definition,
 * then from the client, then from App Engine: its default service, and the version that takes its traffic.
 */
export interface AppEngineTarget {
  readonly service?: string | undefined;
  readonly version?: string | undefined;
  /** Only of services with manual or basic scaling. */
  readonly instance?: string | undefined;
  /** Where the worker is mounted: a path, perhaps with a query. Default: that of `url`. */
  readonly relativeUri?: string | undefined;
}

const KNOWN: { readonly [Option in keyof Required<AppEngineTarget>]: true } = {
  instance: true,
  relativeUri: true,
  service: true,
  version: true,
};

/** Each is a label of a host name. Source: `AppEngineRouting` in google/cloud/tasks/v2/target.proto. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/**
 * @param given - as given to a client, a definition or a push
 * @param what - whose it is, for the message
 * @returns the same, checked; `false` for an HTTP target all the same
 * @throws TypeError where it is wrong; LimitError where the URI is too long
 */
export function checkAppEngine(
  given: AppEngineTarget | false | undefined,
  what: string,
): AppEngineTarget | false | undefined {
  if (given === undefined || given === false) return given;
  const where = `${what}: appEngine`;
  rejectUnknownOptions(given, Object.keys(KNOWN), where);
  for (const part of ["service", "version", "instance"] as const) {
    const label: unknown = given[part];
    if (label === undefined || (typeof label === "string" && LABEL.test(label))) continue;
    throw new TypeError(`${where}: ${part} must be an id such as "api", received ${JSON.stringify(label)}`);
  }
  const { relativeUri } = given;
  if (relativeUri !== undefined) checkRelativeUri(relativeUri, where);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/**
 * @param layers - targets, the later ones win field by field; `false` starts anew
 * @returns the target; `undefined` for an HTTP target
 */
export function mergeAppEngine(
  ...layers: readonly (AppEngineTarget | false | undefined)[]
): AppEngineTarget | undefined {
  let target: AppEngineTarget | undefined;
  for (const layer of layers) {
    if (layer === false) target = undefined;
    else if (layer !== undefined) target = { ...target, ...layer };
  }
  return target;
}

/** What App Engine is asked for one task. */
export interface AppEngineRequest {
  readonly relativeUri: string;
  readonly routing: Omit<AppEngineTarget, "relativeUri">;
}

/**
 * @param target - the target
 * @param url - where the worker is, for the path
 * @returns what to ask App Engine for
 */
export function appEngineRequest({ relativeUri, ...routing }: AppEngineTarget, url: string): AppEngineRequest {
  const { pathname, search } = new URL(url);
  return { relativeUri: relativeUri ?? pathname + search, routing };
}

/**
 * Cloud Tasks attaches no OIDC token to an App Engine task, and a worker whose client has a `serviceAccount` asks for one,
 * also where there is a secret.
 *
 * @param appEngine - the target, where it is App Engine
 * @param client - how its worker tells a call of Cloud Tasks
 * @param what - whose it is, for the message
 * @throws TypeError where the worker would refuse such a task
 */
export function checkAppEngineCaller(
  appEngine: AppEngineTarget | undefined,
  client: { readonly serviceAccount?: unknown },
  what: string,
): void {
  if (appEngine === undefined || client.serviceAccount === undefined) return;
  throw new TypeError(
    `${what}: appEngine and serviceAccount exclude each other: Cloud Tasks attaches no OIDC token to an App Engine task, and ` +
      "the worker would refuse what comes without one; give App Engine tasks a client of their own, with a `secret`",
  );
}

function checkRelativeUri(uri: unknown, what: string): void {
  if (typeof uri !== "string" || !/^\/[\x21-\x7e]*$/.test(uri)) {
    throw new TypeError(
      `${what}: relativeUri must be a path such as "/tasks/run", without spaces; received ${JSON.stringify(uri)}`,
    );
  }
  checkUrlLength(uri, what);
}
