import { rejectUnknownOptions } from "../core/check-options.ts";
import { checkUrlLength } from "./push/limits.ts";

/**
 * The App Engine service that runs a task, instead of an HTTP target. A missing field is taken from the definition, then from
 * the client, then from App Engine: the default service, and the version that receives its traffic.
 *
 * @example
 * ```ts
 * await resizeImage({ id: 7 }).push({ appEngine: { service: "images" } });
 * ```
 */
export interface AppEngineTarget {
  /** The id of the service. */
  readonly service?: string | undefined;
  /** The id of the version. */
  readonly version?: string | undefined;
  /** The id of the instance, for services with manual or basic scaling. */
  readonly instance?: string | undefined;
  /** The path of the worker, with or without a query. Default: the path of `url`. */
  readonly relativeUri?: string | undefined;
}

const KNOWN: { readonly [Option in keyof Required<AppEngineTarget>]: true } = {
  instance: true,
  relativeUri: true,
  service: true,
  version: true,
};

/** Service, version and instance are labels of a host name. Source: `AppEngineRouting` in google/cloud/tasks/v2/target.proto. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/**
 * Checks the option `appEngine` of a client, a definition or a push.
 *
 * @returns the target; `false` selects an HTTP target
 * @throws TypeError for an invalid option; LimitError if the URI is too long
 */
export function checkAppEngine(
  target: AppEngineTarget | false | undefined,
  subject: string,
): AppEngineTarget | false | undefined {
  if (target === undefined || target === false) return target;
  rejectUnknownOptions(target, Object.keys(KNOWN), `${subject}: appEngine`);
  for (const part of ["service", "version", "instance"] as const) {
    const label: unknown = target[part];
    if (label === undefined || (typeof label === "string" && LABEL.test(label))) continue;
    throw new TypeError(
      `${subject}: \`appEngine.${part}\` must be an id such as "api", received ${JSON.stringify(label)}`,
    );
  }
  const { relativeUri } = target;
  if (relativeUri !== undefined) checkRelativeUri(relativeUri, `${subject}: \`appEngine.relativeUri\``);
  return Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined));
}

/**
 * Merges targets field by field; later targets override earlier ones, and `false` discards them.
 *
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

/** The App Engine part of a CreateTask call. */
export interface AppEngineRequest {
  readonly relativeUri: string;
  readonly routing: Omit<AppEngineTarget, "relativeUri">;
}

/** Returns the App Engine part of a CreateTask call. The default path is that of `url`. */
export function appEngineRequest({ relativeUri, ...routing }: AppEngineTarget, url: string): AppEngineRequest {
  const { pathname, search } = new URL(url);
  return { relativeUri: relativeUri ?? pathname + search, routing };
}

/**
 * Rejects App Engine tasks of a client with a `serviceAccount`: Cloud Tasks attaches no OIDC token to them, and the worker
 * requires one, even if there is a secret.
 */
export function checkAppEngineCaller(
  appEngine: AppEngineTarget | undefined,
  serviceAccount: unknown,
  subject: string,
): void {
  if (appEngine === undefined || serviceAccount === undefined) return;
  throw new TypeError(
    `${subject}: \`appEngine\` and \`serviceAccount\` cannot be combined. Cloud Tasks attaches no OIDC token to an App Engine task, ` +
      "so the worker would reject it. Create another client with a `secret` for App Engine tasks.",
  );
}

function checkRelativeUri(uri: unknown, subject: string): void {
  if (typeof uri !== "string" || !/^\/[\x21-\x7e]*$/.test(uri)) {
    throw new TypeError(
      `${subject} must be a path without spaces such as "/tasks/run", received ${JSON.stringify(uri)}`,
    );
  }
  checkUrlLength(uri, subject);
}
