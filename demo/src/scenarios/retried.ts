import { check, checkEqual } from "../check.ts";
import { push, type Scenario } from "../scenario.ts";
import { notifyWarehouse } from "../tasks.ts";

/** The backoff of the queue `partners`: its minimum, then doubled. */
const BACKOFF_MS = [250, 500];

export const retried: Scenario = {
  title: "A transient failure: retried with the backoff of the queue until it succeeds",

  async run({ deliveries }) {
    const { id } = await push(notifyWarehouse({ orderId: 1 }));
    const attempts = await deliveries.settled(id);

    const waits = attempts.flatMap(({ waitedMs }) => waitedMs ?? []);
    const enough = waits.length === BACKOFF_MS.length && BACKOFF_MS.every((backoff, n) => (waits[n] ?? 0) >= backoff);
    return {
      checks: [
        checkEqual("attempts", "1, 2, 3", attempts.map(({ attempt }) => attempt).join(", ")),
        checkEqual("statuses", "500, 500, 200", attempts.map(({ status }) => status).join(", ")),
        check("waits between attempts", `≥ ${BACKOFF_MS.join(", ≥ ")} ms`, `${waits.join(", ")} ms`, enough),
      ],
    };
  },
};
