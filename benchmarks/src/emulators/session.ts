import { setTimeout as delay } from "node:timers/promises";
import { percentile } from "../harness/statistics.ts";
import { type Api, GrpcApi, RestApi } from "./api.ts";
import { type Rate, sendAll } from "./load.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { RunningEmulator } from "./running-emulator.ts";
import { now, type Target } from "./target.ts";

/** Number of concurrent callers. */
export const CONCURRENCY = 32;
/** Tasks are spread over this many queues, each at the highest rate, so the rate of a queue is not the limit. */
export const QUEUES = 40;
const MAX_PER_SECOND = 500;
const WARM_UP = 2_000;
export const TIMEOUT_MS = 120_000;

/** The measurement of many creates or many deliveries. */
export interface Throughput extends Rate {
  /** CPU time of the emulator's process per create or delivery, in microseconds. */
  readonly cpuUs: number;
}

/** A running emulator with its queues, and the target of their deliveries. */
export interface Session {
  readonly peer: EmulatorPeer;
  readonly emulator: RunningEmulator;
  readonly grpc: GrpcApi;
  readonly target: Target;
  readonly queues: readonly string[];
  /** Creates per second over gRPC while it warmed up. */
  readonly createsPerSecond: number;
}

/** Starts an emulator, warms it up, measures it, and stops it. */
export async function withEmulator<T>(
  peer: EmulatorPeer,
  target: Target,
  measure: (session: Session) => Promise<T>,
): Promise<T> {
  const emulator = await RunningEmulator.spawn(peer);
  const grpc = new GrpcApi(emulator.port, CONCURRENCY);
  try {
    await emulator.listening();
    const ids = Array.from({ length: QUEUES }, (_, index) => `queue-${index}`);
    const queues = await Promise.all(ids.map((id) => grpc.createQueue(id, MAX_PER_SECOND)));
    const warmUp = target.expect(WARM_UP);
    const { perSecond } = await sendAll(tasksOf({ queues }, grpc, WARM_UP, warmUp.url), grpc.callers);
    await warmUp.arrivals(TIMEOUT_MS);
    return await measure({ peer, emulator, grpc, target, queues, createsPerSecond: perSecond });
  } finally {
    grpc.close();
    await emulator.stop();
  }
}

/**
 * Encodes the creates of tasks, spread over all queues.
 *
 * @param due - milliseconds since the epoch; `undefined` for immediately
 */
export function tasksOf(
  { queues }: Pick<Session, "queues">,
  api: Api,
  count: number,
  url: (id: number) => string,
  due?: (id: number) => number,
): Buffer[] {
  return Array.from({ length: count }, (_, id) =>
    api.create({ queue: queues[id % queues.length] ?? "", url: url(id), due: due?.(id) }),
  );
}

/** Measures creates with all callers. */
export async function measureCreates(
  { emulator }: Session,
  api: Api,
  requests: readonly Buffer[],
): Promise<Throughput> {
  const cpu = await emulator.cpuSeconds();
  const rate = await sendAll(requests, api.callers);
  return { ...rate, cpuUs: (((await emulator.cpuSeconds()) - cpu) * 1e6) / requests.length };
}

/** Measures creates over REST, with a connection per caller. The tasks are due tomorrow, so no delivery disturbs the measurement. */
export async function measureRestCreates(session: Session, count: number): Promise<Throughput> {
  const rest = await RestApi.open(session.emulator.port, CONCURRENCY);
  const tomorrow = Date.now() + 86_400_000;
  const create = (tasks: number): Promise<Throughput> =>
    measureCreates(
      session,
      rest,
      tasksOf(
        session,
        rest,
        tasks,
        (id) => `http://127.0.0.1/${id}`,
        () => tomorrow,
      ),
    );
  try {
    await create(WARM_UP);
    return await create(count);
  } finally {
    rest.close();
  }
}

/** The deliveries of tasks that were created before they were due. */
interface Deliveries {
  readonly creates: Throughput;
  readonly deliveries: Throughput;
  /** Tasks that were not delivered in time. */
  readonly lost: number;
}

/** Creates tasks over gRPC that are all due at the same time, and measures their deliveries from then. */
export async function measureDeliveries(session: Session, count: number): Promise<Deliveries> {
  const { emulator, grpc, target } = session;
  const run = target.expect(count);
  const leadMs = leadOf(session, count);
  const dueAt = now() + leadMs;
  const due = Date.now() + leadMs;
  const creates = await measureCreates(
    session,
    grpc,
    tasksOf(session, grpc, count, run.url, () => due),
  );
  const from = Math.max(now(), dueAt);
  await delay(Math.max(0, dueAt - now()));
  const cpu = await emulator.cpuSeconds();
  const { times, utilization } = await run.arrivals(TIMEOUT_MS);
  // The emulator still has to process the last responses.
  await delay(100);
  const cpuUs = ((await emulator.cpuSeconds()) - cpu) * 1e6;
  const measured = times.filter((time) => time > from);
  const perMs = measured.length / (percentile(measured, 1) - from);
  return {
    creates,
    deliveries: { perSecond: perMs * 1000, utilization, cpuUs: cpuUs / measured.length },
    lost: times.filter((time) => time === 0).length,
  };
}

/** Delivers tasks, so the emulator is warm. Its creates are then faster, so the session is returned with a new estimate of them. */
export async function warmedUp(session: Session): Promise<Session> {
  const { creates } = await measureDeliveries(session, 2 * WARM_UP);
  return { ...session, createsPerSecond: creates.perSecond };
}

/** Returns the time that the creation of tasks takes at most, in milliseconds. */
export function leadOf({ createsPerSecond }: Session, count: number): number {
  return Math.ceil((count * 1_400) / createsPerSecond) + 500;
}

/** Checks that a queue keeps to its rate: at 20 per second it may dispatch 60 tasks in three seconds, after a burst of at most 100. */
export async function keepsRate({ grpc, target }: Session): Promise<boolean> {
  const queues = [await grpc.createQueue("slow", 20)];
  const run = target.expect(300);
  await sendAll(tasksOf({ queues }, grpc, 300, run.url), grpc.callers);
  const { times } = await run.arrivals(3_000);
  return times.filter((time) => time > 0).length < 250;
}
