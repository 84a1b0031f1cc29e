import { durationText } from "../core/duration.ts";
import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { TimeoutError } from "../core/errors/timeout-error.ts";
import type { WaitLimit } from "./call-time.ts";
import { aborted, type Endpoint, sendOnce } from "./send-once.ts";
import type { ApiCall } from "./transport.ts";
import type { Attempt } from "./with-retry.ts";

/** Sends one request of a call as soon as a connection is free. The time limit of the request starts then. */
export async function sendInTurn(endpoint: Endpoint, call: ApiCall, attempt: Attempt): Promise<unknown> {
  const { slots } = endpoint;
  const { signal } = call;
  const { time, mayHaveActed } = attempt;
  if (signal?.aborted) throw aborted(call, signal, mayHaveActed);
  const limit = slots.isFree ? undefined : time.waitLimit();
  if (limit === undefined) slots.take();
  else await time.exclude(waitForSlot(endpoint, call, { ...limit, mayHaveActed }));
  let answered = false;
  try {
    const answer = await sendOnce(endpoint, call, attempt);
    answered = true;
    return answer;
  } catch (error) {
    answered = hasCode(error, "API_ERROR");
    throw error;
  } finally {
    slots.release(answered);
  }
}

type Wait = WaitLimit & Pick<Attempt, "mayHaveActed">;

async function waitForSlot({ slots, baseUrl }: Endpoint, call: ApiCall, wait: Wait): Promise<void> {
  const { signal } = call;
  const end = await slots.wait({ ...wait, signal });
  if (end === "aborted" && signal) throw aborted(call, signal, wait.mayHaveActed);
  if (end === "timed out") throw noConnection(call, { baseUrl, connections: slots.size }, wait);
}

function noConnection(
  { action }: ApiCall,
  { baseUrl, connections }: { readonly baseUrl: string; readonly connections: number },
  { limitMs, renew, mayHaveActed }: Wait,
): CloudTaskError {
  const silence = renew ? ", and the API answered none of them" : "";
  const message =
    `Could not ${action}: no connection to ${baseUrl} became free within ${durationText(limitMs)}: ${connections} other ` +
    `requests of this client were in progress${silence}. The request was not sent.`;
  return new TimeoutError(message, limitMs, { sent: mayHaveActed });
}
