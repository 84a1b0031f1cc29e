import type { Queue, QueueSettings } from "cloudtask/admin";
import { rateInput } from "cloudtask/internal";
import type { Run } from "../command-line/command-spec.ts";
import { collect } from "../output/collect.ts";
import { durationText } from "../output/times.ts";
import { openPlace } from "../place/open-place.ts";

const DEFAULT_TTL_MS = 31 * 86_400_000;

/** `cloudtask queues export`. */
export const exportQueues: Run = async (flags, context) => {
  const place = await openPlace(flags, context);
  const queues = await collect(place.admin.queues.list());
  const described = { queues: Object.fromEntries(queues.map((queue) => [queue.id, settingsOf(queue)])) };
  context.terminal.out(flags.has("json") ? JSON.stringify(described, null, 2) : await yamlText(described));
  return 0;
};

/** Loads the YAML library, which most commands do not need. */
async function yamlText(value: object): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(value, { nullStr: "" }).trimEnd();
}

/** Returns the settings that differ from the defaults of Cloud Tasks; `null` if none does. */
function settingsOf(queue: Queue): QueueSettings | null {
  const { rate, concurrency, state, logging, target, routing, taskTtl } = queue;
  const retry = retryOf(queue);
  const settings = {
    ...(rate !== 500 && { rate: exportedRate(rate) }),
    ...(concurrency !== 1_000 && { concurrency }),
    ...(Object.keys(retry).length > 0 && { retry }),
    ...(state === "paused" && { paused: true }),
    ...(taskTtl !== undefined && taskTtl !== DEFAULT_TTL_MS && { taskTtl: durationText(taskTtl) }),
    ...(logging !== 0 && { logging }),
    ...(target && { target }),
    ...(routing && { routing }),
  };
  return Object.keys(settings).length === 0 ? null : (settings as QueueSettings);
}

function exportedRate(perSecond: number): number | string {
  const text = rateInput(perSecond);
  return text.includes("/") ? text : perSecond;
}

function retryOf({ retry }: Queue): Readonly<Record<string, number | string>> {
  const { maxAttempts, minBackoff, maxBackoff, maxDoublings, maxRetryDuration } = retry;
  return {
    ...(maxAttempts !== 100 && { maxAttempts }),
    ...(minBackoff !== 100 && { minBackoff: durationText(minBackoff) }),
    ...(maxBackoff !== 3_600_000 && { maxBackoff: durationText(maxBackoff) }),
    ...(maxDoublings !== 16 && { maxDoublings }),
    ...(maxRetryDuration !== undefined && { maxRetryDuration: durationText(maxRetryDuration) }),
  };
}
