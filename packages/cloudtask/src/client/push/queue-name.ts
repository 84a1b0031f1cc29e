import { durationMs, durationText } from "../../core/duration.ts";
import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { forwardAbort, rejectOnAbort } from "../../transport/abort-signal.ts";
import type { ResolvedOptions } from "../resolve-options.ts";
import type { PreparedPush } from "./prepare.ts";

/** Metadata servers are given up sooner, and no timer is too long. */
const MOST_MS = 60_000;

/**
 * The full name of a push's queue. Where its project is not known yet a metadata server is asked, and that takes no longer than
 * the push itself may.
 *
 * @param push - the push
 * @param client - the client's options
 * @returns the name
 * @throws CloudTaskError with the code `ABORTED` where the push's signal gave it up, `CONFIGURATION_MISSING` where project or
 * location were not to be found out, or not in time; nothing was sent then
 */
export async function queueNameOf(
  { route, signal, queue, task }: PreparedPush,
  { retry, apiTimeoutMs }: Pick<ResolvedOptions, "retry" | "apiTimeoutMs">,
): Promise<string> {
  if (route.eager !== undefined) return route.queueName(queue);
  const what = `Could not push "${task}" to the queue ${queue}`;
  if (signal?.aborted) throw abortedError(what, signal, "Nothing was sent.");
  const found = route.queueName(queue);
  // Known from the first push on: what follows is for that one alone.
  if (typeof found === "string") return found;
  const limitMs = Math.min(durationMs(retry?.totalTimeout ?? "20s", "retry.totalTimeout") || apiTimeoutMs, MOST_MS);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  const unfollow = forwardAbort(signal, controller);
  try {
    return await rejectOnAbort(found, controller.signal);
  } catch (reason) {
    if (!controller.signal.aborted) throw reason;
    if (signal?.aborted) throw abortedError(what, signal, "Nothing was sent.");
    const late = `no metadata server told project and location within ${durationText(limitMs)}`;
    throw new CloudTaskError(
      "CONFIGURATION_MISSING",
      `${what}: ${late}. Set the client's \`project\` and \`location\`.`,
    );
  } finally {
    clearTimeout(timer);
    unfollow();
  }
}
