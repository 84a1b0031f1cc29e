import { setTimeout as delay } from "node:timers/promises";
import { type Api, GrpcApi, RestApi } from "./api.ts";
import { type Rate, sendAll, sendSteadily } from "./load.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { RunningEmulator } from "./peers/running-emulator.ts";
import { percentile } from "./percentile.ts";
import { now, type Target } from "./target.ts";

/** Callers that create at the same time. */
export const CONCURRENCY = 32;
/** The tasks are spread over so many queues, each with the highest rate there is, so that no queue's rate is the limit. */
export const QUEUES = 40;
/** The creates per second at which latency is measured. */
export const LIGHT_PER_SECOND = 100;
const MAX_PER_SECOND = 500;
const WARM_UP = 2_000;
const PATIENCE_MS = 120_000;

/** What many of one kind, creates or deliveries, showed. */
export interface Many extends Rate {
  /** CPU of the emulator's process for one, in microseconds. */
  readonly cpuUs: number;
}

/** What one start of one emulator showed. */
export interface Round {
  /** From the spawn to the first call that succeeded; NaN over a protocol that it has not. */
  readonly startMs: { readonly grpc: number; readonly rest: number };
  readonly grpc: Many;
  readonly rest: Many | undefined;
  readonly deliveries: Many;
  /** Tasks that were not delivered in time. */
  readonly lost: number;
  /** From the sending of a create to the arrival of its delivery, at a light load. */
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** CPU of the emulator's process for its start and everything over gRPC. */
  readonly cpuSeconds: number;
  /** The most memory it held by then. */
  readonly peakMiB: number;
  /** Whether a queue dispatches no faster than it was told to. */
  readonly keepsRate: boolean;
}

/** What the parts of a round work with. */
interface Stage {
  readonly emulator: RunningEmulator;
  readonly grpc: GrpcApi;
  readonly target: Target;
  readonly queues: readonly string[];
}

/** Starts an emulator, measures it, and stops it. */
export async function measureRound(peer: EmulatorPeer, target: Target, wanted: number): Promise<Round> {
  const count = Math.min(wanted, peer.mostTasks ?? wanted);
  const emulator = await RunningEmulator.spawn(peer);
  const grpc = new GrpcApi(emulator.port, CONCURRENCY);
  try {
    const startMs = await started(peer, emulator, grpc);
    const ids = Array.from({ length: QUEUES }, (_, index) => `queue-${index}`);
    const queues = await Promise.all(ids.map((id) => grpc.createQueue(id, MAX_PER_SECOND)));
    const stage: Stage = { emulator, grpc, target, queues };
    const delivered = await measureDeliveries(stage, count);
    const latencyMs = await latency(stage, Math.min(count, 5 * LIGHT_PER_SECOND));
    const [cpuSeconds, peakMiB] = await Promise.all([emulator.cpuSeconds(), emulator.peakMemory()]);
    const rest = peer.rest ? await measureRest(stage, count) : undefined;
    return { startMs, ...delivered, rest, latencyMs, cpuSeconds, peakMiB, keepsRate: await keepsItsRate(stage) };
  } finally {
    grpc.close();
    await emulator.stop();
  }
}

async function started(peer: EmulatorPeer, emulator: RunningEmulator, grpc: GrpcApi): Promise<Round["startMs"]> {
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

/** The first tasks are due at once, and warm everything up. The others are due at one moment, by which all are created. */
async function measureDeliveries(stage: Stage, count: number): Promise<Pick<Round, "grpc" | "deliveries" | "lost">> {
  const { emulator, grpc, target } = stage;
  const warmUp = target.expect(WARM_UP);
  const { perSecond } = await creates(stage, grpc, tasksOf(stage, grpc, WARM_UP, warmUp.url));
  await warmUp.arrivals(PATIENCE_MS);
  const run = target.expect(count);
  const leadMs = Math.ceil((count * 1000) / perSecond) + 500;
  const dueAt = now() + leadMs;
  const created = await creates(stage, grpc, tasksOf(stage, grpc, count, run.url, Date.now() + leadMs));
  const from = Math.max(now(), dueAt);
  const cpu = await emulator.cpuSeconds();
  const { times, utilization } = await run.arrivals(leadMs + PATIENCE_MS);
  // The last answers are on their way, and still have to be worked off.
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

/** The tasks are due tomorrow, so that nothing else happens meanwhile. */
async function measureRest(stage: Stage, count: number): Promise<Many> {
  const rest = await RestApi.open(stage.emulator.port, CONCURRENCY);
  const tomorrow = Date.now() + 86_400_000;
  const url = (id: number): string => `http://127.0.0.1/${id}`;
  try {
    await creates(stage, rest, tasksOf(stage, rest, WARM_UP, url, tomorrow));
    return await creates(stage, rest, tasksOf(stage, rest, count, url, tomorrow));
  } finally {
    rest.close();
  }
}

async function creates({ emulator }: Stage, api: Api, requests: readonly Buffer[]): Promise<Many> {
  const cpu = await emulator.cpuSeconds();
  const rate = await sendAll(requests, api.callers);
  return { ...rate, cpuUs: (((await emulator.cpuSeconds()) - cpu) * 1e6) / requests.length };
}

/** @param due - milliseconds since 1970; undefined: when it is created */
function tasksOf({ queues }: Stage, api: Api, count: number, url: (id: number) => string, due?: number): Buffer[] {
  return Array.from({ length: count }, (_, id) =>
    api.create({ queue: queues[id % queues.length] ?? "", url: url(id), due }),
  );
}

async function latency(stage: Stage, count: number): Promise<Round["latencyMs"]> {
  const { grpc, target } = stage;
  const run = target.expect(count);
  const sent = await sendSteadily(tasksOf(stage, grpc, count, run.url), grpc.callers, LIGHT_PER_SECOND);
  const { times } = await run.arrivals(PATIENCE_MS);
  const latencies = times.flatMap((time, id) => (time === 0 ? [] : [time - (sent[id] ?? 0)]));
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** A queue at 20 a second may dispatch 60 in three seconds, and what its bucket holds at first, 100 at most. */
async function keepsItsRate(stage: Stage): Promise<boolean> {
  const { grpc, target } = stage;
  const queues = [await grpc.createQueue("slow", 20)];
  const run = target.expect(300);
  await sendAll(tasksOf({ ...stage, queues }, grpc, 300, run.url), grpc.callers);
  const { times } = await run.arrivals(3_000);
  return times.filter((time) => time > 0).length < 250;
}
