import { setTimeout as delay } from "node:timers/promises";
import { type Api, GrpcApi, RestApi } from "./api.ts";
import { type Rate, sendAll, sendSteadily } from "./load.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { RunningEmulator } from "./peers/running-emulator.ts";
import { percentile } from "./percentile.ts";
import { now, type Target } from "./target.ts";

/** Number of concurrent callers. */
export const CONCURRENCY = 32;
/** Tasks are spread over this many queues, each at the highest rate, so the rate of a queue is not the limit. */
export const QUEUES = 40;
/** Creates per second while latency is measured. */
export const LIGHT_PER_SECOND = 100;
const MAX_PER_SECOND = 500;
const WARM_UP = 2_000;
const TIMEOUT_MS = 120_000;

/** The measurement of many creates or many deliveries. */
export interface Throughput extends Rate {
  /** CPU time of the emulator's process per create or delivery, in microseconds. */
  readonly cpuUs: number;
}

/** The measurements of one emulator process. */
export interface Round {
  /** Milliseconds from the spawn to the first successful call; NaN if the emulator lacks the protocol. */
  readonly startMs: { readonly grpc: number; readonly rest: number };
  readonly grpc: Throughput;
  readonly rest: Throughput | undefined;
  readonly deliveries: Throughput;
  /** Tasks that were not delivered in time. */
  readonly lost: number;
  /** Milliseconds from sending a create to the arrival of its delivery, under light load. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** CPU time of the emulator's process for its start and all gRPC measurements. */
  readonly cpuSeconds: number;
  /** Peak memory up to then. */
  readonly peakMiB: number;
  /** Whether a queue keeps to its configured rate. */
  readonly keepsRate: boolean;
}

interface RoundContext {
  readonly emulator: RunningEmulator;
  readonly grpc: GrpcApi;
  readonly target: Target;
  readonly queues: readonly string[];
}

/** Starts an emulator, measures it, and stops it. */
export async function measureRound(peer: EmulatorPeer, target: Target, requested: number): Promise<Round> {
  const count = Math.min(requested, peer.maxTasks ?? requested);
  const emulator = await RunningEmulator.spawn(peer);
  const grpc = new GrpcApi(emulator.port, CONCURRENCY);
  try {
    const startMs = await measureStart(peer, emulator, grpc);
    const ids = Array.from({ length: QUEUES }, (_, index) => `queue-${index}`);
    const queues = await Promise.all(ids.map((id) => grpc.createQueue(id, MAX_PER_SECOND)));
    const context: RoundContext = { emulator, grpc, target, queues };
    const delivered = await measureDeliveries(context, count);
    const latencyMs = await measureLatency(context, Math.min(count, 5 * LIGHT_PER_SECOND));
    const [cpuSeconds, peakMiB] = await Promise.all([emulator.cpuSeconds(), emulator.peakMemory()]);
    const rest = peer.rest ? await measureRest(context, count) : undefined;
    return { startMs, ...delivered, rest, latencyMs, cpuSeconds, peakMiB, keepsRate: await checkRate(context) };
  } finally {
    grpc.close();
    await emulator.stop();
  }
}

async function measureStart(peer: EmulatorPeer, emulator: RunningEmulator, grpc: GrpcApi): Promise<Round["startMs"]> {
  const [overGrpc, overRest] = await Promise.all([
    firstSuccess(emulator, () => grpc.probe()),
    peer.rest ? firstSuccess(emulator, () => restProbe(emulator.port)) : Number.NaN,
  ]);
  return { grpc: overGrpc, rest: overRest };
}

async function firstSuccess(emulator: RunningEmulator, call: () => Promise<void>): Promise<number> {
  await emulator.listening();
  await call();
  return performance.now() - emulator.spawnedAt;
}

async function restProbe(port: number): Promise<void> {
  const rest = await RestApi.open(port, 1);
  await rest.probe();
  rest.close();
}

/** The first tasks are due immediately and warm everything up. The others are created first, and are due at the same time. */
async function measureDeliveries(
  context: RoundContext,
  count: number,
): Promise<Pick<Round, "grpc" | "deliveries" | "lost">> {
  const { emulator, grpc, target } = context;
  const warmUp = target.expect(WARM_UP);
  const { perSecond } = await measureCreates(context, grpc, tasksOf(context, grpc, WARM_UP, warmUp.url));
  await warmUp.arrivals(TIMEOUT_MS);
  const run = target.expect(count);
  const leadMs = Math.ceil((count * 1000) / perSecond) + 500;
  const dueAt = now() + leadMs;
  const created = await measureCreates(context, grpc, tasksOf(context, grpc, count, run.url, Date.now() + leadMs));
  const from = Math.max(now(), dueAt);
  const cpu = await emulator.cpuSeconds();
  const { times, utilization } = await run.arrivals(leadMs + TIMEOUT_MS);
  // The emulator still has to process the last responses.
  await delay(100);
  const cpuUs = ((await emulator.cpuSeconds()) - cpu) * 1e6;
  const measured = times.filter((time) => time > from);
  const perMs = measured.length / (percentile(measured, 1) - from);
  return {
    grpc: created,
    deliveries: { perSecond: perMs * 1000, utilization, cpuUs: cpuUs / measured.length },
    lost: times.filter((time) => time === 0).length,
  };
}

/** The tasks are due tomorrow, so no delivery disturbs the measurement. */
async function measureRest(context: RoundContext, count: number): Promise<Throughput> {
  const rest = await RestApi.open(context.emulator.port, CONCURRENCY);
  const tomorrow = Date.now() + 86_400_000;
  const url = (id: number): string => `http://127.0.0.1/${id}`;
  try {
    await measureCreates(context, rest, tasksOf(context, rest, WARM_UP, url, tomorrow));
    return await measureCreates(context, rest, tasksOf(context, rest, count, url, tomorrow));
  } finally {
    rest.close();
  }
}

async function measureCreates({ emulator }: RoundContext, api: Api, requests: readonly Buffer[]): Promise<Throughput> {
  const cpu = await emulator.cpuSeconds();
  const rate = await sendAll(requests, api.callers);
  return { ...rate, cpuUs: (((await emulator.cpuSeconds()) - cpu) * 1e6) / requests.length };
}

/** @param due - milliseconds since the epoch; `undefined` for immediately */
function tasksOf(
  { queues }: RoundContext,
  api: Api,
  count: number,
  url: (id: number) => string,
  due?: number,
): Buffer[] {
  return Array.from({ length: count }, (_, id) =>
    api.create({ queue: queues[id % queues.length] ?? "", url: url(id), due }),
  );
}

async function measureLatency(context: RoundContext, count: number): Promise<Round["latencyMs"]> {
  const { grpc, target } = context;
  const run = target.expect(count);
  const sent = await sendSteadily(tasksOf(context, grpc, count, run.url), grpc.callers, LIGHT_PER_SECOND);
  const { times } = await run.arrivals(TIMEOUT_MS);
  const latencies = times.flatMap((time, id) => (time === 0 ? [] : [time - (sent[id] ?? 0)]));
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** At 20 per second, a queue may dispatch 60 tasks in three seconds, plus its initial burst of at most 100. */
async function checkRate(context: RoundContext): Promise<boolean> {
  const { grpc, target } = context;
  const queues = [await grpc.createQueue("slow", 20)];
  const run = target.expect(300);
  await sendAll(tasksOf({ ...context, queues }, grpc, 300, run.url), grpc.callers);
  const { times } = await run.arrivals(3_000);
  return times.filter((time) => time > 0).length < 250;
}
