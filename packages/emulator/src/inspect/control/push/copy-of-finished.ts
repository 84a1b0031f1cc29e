import { withoutDeadLetterHeaders } from "cloudtask/internal";
import type { MaskedRequest } from "../../../emulator-events.ts";
import type { HttpTaskRequest, OidcRequest } from "../../../engine/records.ts";
import type { SentBeginning } from "../../../history/recorded-exchange.ts";
import { serviceAccountId } from "../../../oidc/service-account-id.ts";
import { letterHeaders, siblingQueue } from "../../dead-letters/dead-letter-facts.ts";
import type { InspectParts } from "../../inspect-parts.ts";
import type { WholeFinishedTask } from "../../tasks/finished-task-json.ts";
import type { CopiedTask } from "./copied-task.ts";
import { NotCopiedError } from "./not-copied-error.ts";

type Headers = MaskedRequest["headers"];

/** The request of an attempt, as far as the history has it. */
type KnownRequest = Pick<SentBeginning, "headers" | "url" | "body"> &
  Pick<CopiedTask, "isWhole" | "isCut" | "retry" | "deadlineMs">;

/** Headers of a delivery that the emulator adds. The history only has the request as it was sent. */
const ADDED = /^(?:x-cloudtasks-.*|x-appengine-.*|host|content-length|user-agent|connection)$/i;

const AUTHORIZATION = /^authorization$/i;

/** An access token that the emulator added. The task itself has the account and the scope, which the token does not contain. */
const ACCESS_TOKEN = /^Bearer ya29\.emulator\./;

/**
 * Copies the request of the last attempt: with its secrets if the emulator sent it since its start, otherwise with `***`, and
 * without the retry settings and the deadline of the task.
 *
 * @throws NotCopiedError if the history has no request, or not its routing
 */
export function copyOfFinished(parts: InspectParts, { last }: WholeFinishedTask): CopiedTask {
  const { queue, request: masked } = last;
  if (!masked) throw new NotCopiedError("the last attempt of the task sent no request", "Push a new task instead.");
  if (masked.headers.some(([name]) => /^x-appengine-queuename$/i.test(name))) {
    const reason = "the routing of an App Engine task is not in the history";
    throw new NotCopiedError(reason, "Push a new task instead.");
  }
  const { headers, url, body, isWhole, isCut, retry, deadlineMs } = knownRequest(parts, last.id, masked);
  const authorization = mintedFor(masked.tokenClaims);
  const own = (all: Headers): Headers =>
    all.filter(([name]) => !ADDED.test(name) && !(authorization && AUTHORIZATION.test(name)));
  const all = Object.fromEntries(own(headers));
  const copied = { method: masked.method, url, headers: withoutDeadLetterHeaders(all), body, authorization };
  return {
    task: undefined,
    queue: homeQueueOf(queue, headers) ?? queue,
    retry,
    deadlineMs,
    request: { kind: "http", ...copied } satisfies HttpTaskRequest,
    masked: { ...masked, headers: own(masked.headers) },
    isWhole,
    isCut,
  };
}

function knownRequest({ history }: InspectParts, id: number, masked: MaskedRequest): KnownRequest {
  const sent = history.sentRequest(id);
  const hasAccessToken = sent?.headers.some(([name, value]) => AUTHORIZATION.test(name) && ACCESS_TOKEN.test(value));
  if (sent && !hasAccessToken) {
    const { headers, url, body, size, retry, deadlineMs } = sent;
    return { headers, url, body, isWhole: true, isCut: body.length < size, retry, deadlineMs };
  }
  const { headers, url, bodyEncoding } = masked;
  const body = Buffer.from(masked.body, bodyEncoding === "text" ? "utf8" : "base64");
  return {
    headers,
    url,
    body,
    isWhole: false,
    isCut: masked.isBodyCut ?? false,
    retry: undefined,
    deadlineMs: undefined,
  };
}

/** Returns the account and the audience of a token that the emulator added. A token of the task itself has another subject. */
function mintedFor(claims: MaskedRequest["tokenClaims"]): OidcRequest | undefined {
  const { email, aud, sub } = claims ?? {};
  if (typeof email !== "string" || typeof aud !== "string" || sub !== serviceAccountId(email)) return undefined;
  return { kind: "oidc", serviceAccountEmail: email, audience: aud };
}

/** A dead letter can finish in its queue, for example after "Run now". */
function homeQueueOf(queue: string, headers: Headers): string | undefined {
  const home = letterHeaders(Object.fromEntries(headers))?.homeQueue;
  return home && siblingQueue(queue, home);
}
