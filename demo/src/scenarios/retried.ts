import { expectSame, expectThat } from "../expectation.ts";
import { push, type Scenario } from "../stage.ts";
import { notifyWarehouse } from "../tasks.ts";

/** The backoff of the queue `partners`: what it begins with, doubled once. */
const BACKOFF_MS = [250, 500];

export const retried: Scenario = {
  title: "Fails twice, then succeeds: retried with the queue's backoff",

  async play({ deliveries }) {
    const { id } = await push(notifyWarehouse({ orderId: 1 }));
    const seen = await deliveries.settled(id);

    const waits = seen.flatMap(({ waitedMs }) => waitedMs ?? []);
    const kept = waits.length === BACKOFF_MS.length && BACKOFF_MS.every((backoff, n) => (waits[n] ?? 0) >= backoff);
    return {
      expectations: [
        expectSame("attempts", "1, 2, 3", seen.map(({ attempt }) => attempt).join(", ")),
        expectSame("answers", "500, 500, 200", seen.map(({ status }) => status).join(", ")),
        expectThat("waits between them", `≥ ${BACKOFF_MS.join(", ≥ ")} ms`, `${waits.join(", ")} ms`, kept),
      ],
    };
  },
};
