import type { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import type { WaitLimit } from "./call-time.ts";
import { loadFailures } from "./late-failures.ts";
import { type Endpoint, sendOnce } from "./send-once.ts";
import type { ApiCall } from "./transport.ts";
import type { Attempt } from "./with-retry.ts";

/** Sends one request of a call as soon as a connection is free. The time limit of the request starts then. */
export async function sendInTurn(endpoint: Endpoint, call: ApiCall, attempt: Attempt): Promise<unknown> {
  const { slots } = endpoint;
  const { signal } = call;
  const { time, mayHaveActed } = attempt;
  if (signal?.aborted) throw await abortedInTurn(endpoint, call, mayHaveActed);
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

async function waitForSlot(endpoint: Endpoint, call: ApiCall, wait: Wait): Promise<void> {
  const { signal } = call;
  const { mayHaveActed: sent } = wait;
  const end = await endpoint.slots.wait({ ...wait, signal });
  if (end === "aborted") throw await abortedInTurn(endpoint, call, sent);
  if (end === "free") return;
  const { noConnection } = await loadFailures();
  throw noConnection(endpoint, call, { ...wait, sent });
}

async function abortedInTurn(endpoint: Endpoint, call: ApiCall, sent: boolean): Promise<CloudTaskError> {
  const { requestFailure } = await loadFailures();
  return requestFailure(endpoint, call, { kind: "aborted", limitMs: 0, sent });
}
