import { setTimeout as delay } from "node:timers/promises";
import { leadOf, measureCreates, type Session, TIMEOUT_MS, tasksOf, warmedUp } from "../emulators/session.ts";
import { now } from "../emulators/target.ts";
import { percentile } from "../harness/statistics.ts";
import type { Delays } from "./benchmark.ts";

/** Creates tasks that become due evenly over some seconds, and compares their arrivals with their schedule times. */
export async function measureLateness(started: Session, perSecond: number, seconds: number): Promise<Delays> {
  const session = await warmedUp(started);
  const { grpc, target } = session;
  const count = perSecond * seconds;
  const run = target.expect(count);
  // Both clocks are read at the same moment. The schedule times are whole milliseconds.
  const leadMs = leadOf(session, count);
  const [startedAt, wall] = [now(), Date.now()];
  const offset = (id: number): number => leadMs + Math.floor((id * 1000) / perSecond);
  await measureCreates(
    session,
    grpc,
    tasksOf(session, grpc, count, run.url, (id) => wall + offset(id)),
  );
  const rest = startedAt + leadMs - now();
  if (rest < 0) throw new Error(`creating ${count} tasks took ${-rest} ms too long to measure their lateness`);
  await delay(rest);
  const { times } = await run.arrivals(seconds * 1000 + TIMEOUT_MS);
  const late = times.flatMap((time, id) => (time === 0 ? [] : [time - startedAt - offset(id)]));
  return { p50: percentile(late, 0.5), p99: percentile(late, 0.99) };
}
