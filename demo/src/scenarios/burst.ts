import { checkEqual } from "../check.ts";
import { createProgress } from "../progress.ts";
import type { Scenario } from "../scenario.ts";
import { client, recordVisit } from "../tasks.ts";
import { visitCounts } from "../visits.ts";

const VISITS = 1000;

export const burst: Scenario = {
  title: `A burst of ${VISITS.toLocaleString("en-US")} tasks in batches: client.pushMany()`,

  async run({ deliveries, emulator, signal }) {
    const visits = Array.from({ length: VISITS }, (_, n) => recordVisit({ visitor: `visitor-${n + 1}` }));
    const progress = createProgress(VISITS, ["pushed", "delivered"]);
    const stop = deliveries.onAnswered(() => progress.advance("delivered"));

    const startedAt = performance.now();
    const pushes = await client.pushMany(visits, { signal, onProgress: () => progress.advance("pushed") });
    const pushSeconds = (performance.now() - startedAt) / 1000;
    const ids = pushes.map(({ result }) => result.id);
    await Promise.all(ids.map((id) => deliveries.settled(id)));
    await emulator.idle();
    stop();
    progress.end();

    const byTask = ids.map((id) => deliveries.of(id));
    const arrivals = byTask.flat().map(({ arrivedAt }) => arrivedAt);
    const deliverySeconds = (Math.max(...arrivals) - Math.min(...arrivals)) / 1000;
    const counts = visitCounts();
    return {
      checks: [
        checkEqual("tasks pushed, all different", VISITS, new Set(ids).size),
        checkEqual("tasks delivered", VISITS, byTask.filter(({ length }) => length > 0).length),
        checkEqual("tasks delivered more than once", 0, byTask.filter(({ length }) => length > 1).length),
        checkEqual("visitors counted by the handler", VISITS, counts.length),
        checkEqual("visitors counted more than once", 0, counts.filter((count) => count > 1).length),
      ],
      figures: {
        "pushes per second in the burst": perSecond(VISITS, pushSeconds),
        "deliveries per second in the burst (queue limit: 500)": perSecond(arrivals.length, deliverySeconds),
      },
    };
  },
};

function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString("en-US");
}
