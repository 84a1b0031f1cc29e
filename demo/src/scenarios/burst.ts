import { expectSame } from "../expectation.ts";
import { createProgress } from "../progress.ts";
import type { Scenario } from "../stage.ts";
import { client, recordVisit } from "../tasks.ts";
import { visitCounts } from "../visits.ts";

const VISITS = 1000;

export const burst: Scenario = {
  title: `A burst of ${VISITS.toLocaleString("en-US")}: client.pushMany()`,

  async play({ deliveries, emulator, signal }) {
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

    const seen = ids.map((id) => deliveries.of(id));
    const arrivals = seen.flat().map(({ arrivedAt }) => arrivedAt);
    const deliverySeconds = (Math.max(...arrivals) - Math.min(...arrivals)) / 1000;
    const counts = visitCounts();
    return {
      expectations: [
        expectSame("different tasks pushed", VISITS, new Set(ids).size),
        expectSame("of them delivered", VISITS, seen.filter(({ length }) => length > 0).length),
        expectSame("of them delivered more than once", 0, seen.filter(({ length }) => length > 1).length),
        expectSame("visitors counted by the handler", VISITS, counts.length),
        expectSame("of them counted more than once", 0, counts.filter((count) => count > 1).length),
      ],
      figures: {
        "pushes per second, burst": perSecond(VISITS, pushSeconds),
        "deliveries per second, burst (the queue allows 500)": perSecond(arrivals.length, deliverySeconds),
      },
    };
  },
};

function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString("en-US");
}
