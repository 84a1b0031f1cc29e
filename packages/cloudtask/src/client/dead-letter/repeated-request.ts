import { isDeadLetterHeader } from "../../core/dead-letter-headers.ts";
import { type Duration, durationMs } from "../../core/duration.ts";
import { APP_ENGINE_HEADER, DEADLINE_HEADER, OWN_HEADERS_HEADER, RETRY_HEADER } from "../../core/headers.ts";
import { parseRetryHeader } from "../../core/task-retry.ts";
import type { DiscardedTask, ReceivedRequest } from "../../execution/keep-discarded.ts";
import { type AppEngineTarget, appEngineRequest, checkAppEngine, mergeAppEngine } from "../app-engine.ts";
import type { PreparedPush, PushDefaults } from "../push/prepare.ts";
import type { ResolvedOptions } from "../resolve-options.ts";

/** The request of a task, with its target. */
export type RepeatedRequest = Pick<
  PreparedPush,
  "url" | "appEngine" | "oidcToken" | "dispatchDeadlineMs" | "retry" | "headers" | "body"
>;

/**
 * Returns the request of a delivery as its push created it. The configuration supplies the parts that never arrive at the worker:
 * the URL and the account of the token. It supplies the secret too, because the client may have a new one.
 *
 * @param definition - `undefined` for a task that this client does not define
 */
export function repeatedRequest(
  client: ResolvedOptions,
  definition: PushDefaults | undefined,
  { received, body }: Pick<DiscardedTask, "received" | "body">,
): RepeatedRequest {
  const { url: clientUrl, audience, serviceAccounts } = client.deployment;
  const [serviceAccount] = serviceAccounts;
  const url = definition?.url ?? clientUrl;
  const headers = headersOf(client, definition, received);
  const dispatchDeadlineMs = ownDeadline(received) ?? (definition ?? client).dispatchDeadlineMs;
  const shared = { headers, dispatchDeadlineMs, retry: parseRetryHeader(received.headers.get(RETRY_HEADER)), body };
  if (received.kind === "appEngine") {
    const target = mergeAppEngine(definition?.appEngine ?? client.appEngine, ownAppEngine(received)) ?? {};
    return { ...shared, url, appEngine: appEngineRequest(target, url), oidcToken: undefined };
  }
  const oidcToken =
    serviceAccount === undefined
      ? undefined
      : { serviceAccountEmail: serviceAccount, audience: definition?.audience ?? audience ?? clientUrl };
  return { ...shared, url, appEngine: undefined, oidcToken };
}

/** Leaves out the headers that Cloud Tasks, proxies and the platform have added. */
function headersOf(
  client: ResolvedOptions,
  definition: PushDefaults | undefined,
  { headers: received }: ReceivedRequest,
): Readonly<Record<string, string>> {
  const ours = [...received.keys()].filter((name) => name.startsWith("cloudtask-"));
  const ofPush = (received.get(OWN_HEADERS_HEADER) ?? "").split(",");
  const configured = [...Object.keys(client.headers), ...Object.keys(definition?.headers ?? {})];
  // Restores the spelling of the push, because the names of a delivery are in lower case.
  const names = new Map(["Content-Type", ...ours, ...configured, ...ofPush].map((name) => [name.toLowerCase(), name]));
  names.delete(client.secretHeader.toLowerCase());
  const repeated = [...received].flatMap(([received, value]) => {
    const name = names.get(received);
    return name === undefined || isDeadLetterHeader(name) ? [] : [[name, value] as const];
  });
  const [secret] = client.deployment.secrets;
  return Object.fromEntries(secret === undefined ? repeated : [...repeated, [client.secretHeader, secret]]);
}

function ownDeadline({ headers }: ReceivedRequest): number | undefined {
  const deadline = headers.get(DEADLINE_HEADER);
  return deadline === null ? undefined : unlessInvalid(() => durationMs(deadline as Duration, DEADLINE_HEADER));
}

function ownAppEngine({ headers }: ReceivedRequest): AppEngineTarget | undefined {
  const target = headers.get(APP_ENGINE_HEADER);
  if (target === null) return undefined;
  return unlessInvalid(() => checkAppEngine(JSON.parse(target), APP_ENGINE_HEADER) || undefined);
}

/** A task of another program may carry a header that this library cannot read. It must still be kept. */
function unlessInvalid<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
