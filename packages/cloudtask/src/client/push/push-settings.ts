import { durationJson, durationMs } from "../../core/duration.ts";
import {
  APP_ENGINE_HEADER,
  checkHeaders,
  DEADLINE_HEADER,
  mergeHeaders,
  NAME_HEADER,
  OWN_HEADERS_HEADER,
  rejectAuthorization,
} from "../../core/headers.ts";
import { checkRetry, mergeRetry, type ResolvedRetry } from "../../core/retry-settings.ts";
import { appEngineRequest, checkAppEngine, checkAppEngineCaller, mergeAppEngine } from "../app-engine.ts";
import type { QueueChoice } from "../queues/client-queues.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import { checkDispatchDeadline } from "./limits.ts";
import type { PreparedPush, PushDefaults, PushRequest } from "./prepare.ts";
import type { PushOptions } from "./push-options.ts";

/** The properties of a push that do not depend on its payload, its name or the time. */
export interface PushSettings
  extends Pick<PreparedPush, "url" | "appEngine" | "dispatchDeadlineMs" | "oidcToken" | "headers"> {
  readonly choice: QueueChoice;
  /** The retry settings; empty if those of the queue apply. */
  readonly limits: ResolvedRetry;
}

/** The values of the deployment that settings contain. A function can return them after the first push. */
interface Deployed {
  readonly clientUrl: string;
  readonly secret: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly audience: string | undefined;
}

interface Known extends Deployed {
  readonly settings: PushSettings;
}

/** The settings of pushes with the same options: those of a `pushMany()`, or those without an option that matters here. */
const known = new WeakMap<PushOptions, WeakMap<PushDefaults, Known>>();

/** The options of all pushes that set none of those below. */
const NONE: PushOptions = {};

/**
 * Returns the settings of a push.
 *
 * @param clientUrl - the URL of the client's worker
 * @throws TypeError or LimitError for an invalid option
 */
export function pushSettings(client: ResolvedOptions, request: PushRequest, clientUrl: string): PushSettings {
  const { definition, options, sharedOptions } = request;
  const key = sharedOptions ?? (hasSettings(options) ? undefined : NONE);
  if (key === undefined) return createSettings(client, request, clientUrl);
  const found = known.get(key)?.get(definition);
  if (found !== undefined && isCurrent(found, client, clientUrl)) return found.settings;
  const settings = createSettings(client, request, clientUrl);
  const byDefinition = known.get(key) ?? new WeakMap<PushDefaults, Known>();
  known.set(key, byDefinition.set(definition, { ...deployedOf(client, clientUrl), settings }));
  return settings;
}

function deployedOf({ deployment }: ResolvedOptions, clientUrl: string): Deployed {
  const [secret] = deployment.secrets;
  const [serviceAccount] = deployment.serviceAccounts;
  return { clientUrl, secret, serviceAccount, audience: deployment.audience };
}

function isCurrent(known: Known, client: ResolvedOptions, clientUrl: string): boolean {
  const { secret, serviceAccount, audience } = deployedOf(client, clientUrl);
  return (
    known.clientUrl === clientUrl &&
    known.secret === secret &&
    known.serviceAccount === serviceAccount &&
    known.audience === audience
  );
}

function hasSettings({ appEngine, dispatchDeadline, headers, queue, retry }: PushOptions): boolean {
  const isUsual = queue === undefined && retry === undefined && headers === undefined;
  return !isUsual || appEngine !== undefined || dispatchDeadline !== undefined;
}

function createSettings(client: ResolvedOptions, request: PushRequest, clientUrl: string): PushSettings {
  const { definition, options, subject } = request;
  const choice = queueOf(client, definition, options, subject);
  return {
    choice,
    limits: retryOf(client, definition, options, { choice, subject }),
    ...targetOf(client, definition, options, { clientUrl, subject }),
    headers: headersOf(client, definition, options, subject),
  };
}

function headersOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  subject: string,
): PushSettings["headers"] {
  const { appEngine, dispatchDeadline, headers = {} } = options;
  const ownNames = Object.keys(headers).filter((name) => name.toLowerCase() !== client.secretHeader.toLowerCase());
  const [secret] = client.deployment.secrets;
  const merged = mergeHeaders(
    { "Content-Type": "application/json", [NAME_HEADER]: definition.record.name },
    dispatchDeadline === undefined ? {} : { [DEADLINE_HEADER]: durationJson(durationMs(dispatchDeadline, subject)) },
    // The worker knows the options of the client and of the definition, but not those of a single push.
    ownNames.length === 0 ? {} : { [OWN_HEADERS_HEADER]: ownNames.join(",") },
    appEngine ? { [APP_ENGINE_HEADER]: JSON.stringify(appEngine) } : {},
    client.headers,
    definition.headers,
    checkHeaders(headers, subject),
    // Last: no header above may replace the secret.
    secret === undefined ? {} : { [client.secretHeader]: secret },
  );
  return rejectAuthorization(merged, client.deployment.serviceAccounts[0], subject);
}

/** The target of the task, and its deadline there. */
function targetOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { clientUrl, subject }: { readonly clientUrl: string; readonly subject: string },
): Omit<PushSettings, "choice" | "headers" | "limits"> {
  const { audience, serviceAccounts } = client.deployment;
  const [serviceAccount] = serviceAccounts;
  const own = checkAppEngine(options.appEngine, subject);
  const appEngine = mergeAppEngine(definition.appEngine, own);
  const deadline = options.dispatchDeadline ?? definition.dispatchDeadlineMs;
  // The definition's deadline was checked for the definition's target; a push with its own target needs another check.
  const inherited = options.dispatchDeadline === undefined && own === undefined;
  const dispatchDeadlineMs =
    deadline === undefined || inherited
      ? definition.dispatchDeadlineMs
      : checkDispatchDeadline(deadline, appEngine === undefined ? "http" : "appEngine", subject);
  const url = definition.url ?? clientUrl;
  if (appEngine === undefined) {
    const oidcToken =
      serviceAccount === undefined
        ? undefined
        : { serviceAccountEmail: serviceAccount, audience: definition.audience ?? audience ?? clientUrl };
    return { url, appEngine, dispatchDeadlineMs, oidcToken };
  }
  checkAppEngineCaller(appEngine, serviceAccount, subject);
  const request = appEngineRequest(appEngine, url);
  const origin = new URL(url).origin;
  return { url: origin + request.relativeUri, appEngine: request, dispatchDeadlineMs, oidcToken: undefined };
}

/** Merges the retry settings of the client, the queue's description, the definition and the push. */
function retryOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  { choice, subject }: { readonly choice: QueueChoice; readonly subject: string },
): ResolvedRetry {
  const inherited = mergeRetry(client.retry, client.queues.retryOf(choice), definition.retry);
  return checkRetry(options.retry, subject, inherited);
}

function queueOf(
  client: ResolvedOptions,
  definition: PushDefaults,
  options: PushOptions,
  subject: string,
): QueueChoice {
  const own = options.queue === undefined ? definition.queue : client.queues.check(options.queue, `${subject}: queue`);
  const queue = client.forceToQueue ?? own ?? client.queue;
  if (queue !== undefined) return queue;
  throw new TypeError(
    `${subject}: no queue is set, and the client's \`queues\` have no queue "default". Set \`queue\` on the client, the ` +
      "definition or the push.",
  );
}
