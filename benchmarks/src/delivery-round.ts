import { type Api, GrpcApi, RestApi } from "./delivery-api.ts";
import { now, type Target } from "./delivery-arrivals.ts";
import { type Rate, sendAll, sendSteadily } from "./delivery-load.ts";
import { percentile } from "./delivery-numbers.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { RunningEmulator } from "./peers/running-emulator.ts";

/** Callers that create at the same time. */
export const CONCURRENCY = 32;
/** The tasks are spread over so many queues, each with the highest rate there is, so that no queue's rate is the limit. */
export const QUEUES = 40;
/** The creates per second at which latency is measured. */
export const LIGHT_PER_SECOND = 100;
const MAX_PER_SECOND = 500;
const WARM_UP = 2_000;
const PATIENCE_MS = 120_000;

/** The creates over one protocol, and the deliveries of what they created. */
export interface Phase {
  readonly creates: Rate;
  readonly deliveries: Rate;
  /** CPU of the emulator's process for a create, in microseconds. */
  readonly createUs: number;
  /** CPU of the emulator's process for a delivery, in microseconds. */
  readonly deliveryUs: number;
  /** Tasks that were not delivered in time. */
  readonly missing: number;
}

/** What one start of one emulator showed. */
export interface Round {
  /** From the spawn to the first call that succeeded; NaN over a protocol that it has not. */
  readonly startMs: { readonly grpc: number; readonly rest: number };
  readonly grpc: Phase;
  readonly rest: Phase | undefined;
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
export async function measureRound(peer: EmulatorPeer, target: Target, count: number): Promise<Round> {
  const emulator = await RunningEmulator.spawn(peer);
  const grpc = new GrpcApi(emulator.port, CONCURRENCY);
  try {
    const startMs = await started(peer, emulator, grpc);
    const ids = Array.from({ length: QUEUES }, (_, index) => `queue-${index}`);
    const queues = await Promise.all(ids.map((id) => grpc.createQueue(id, MAX_PER_SECOND)));
    const stage: Stage = { emulator, grpc, target, queues };
    const overGrpc = await measurePhase(stage, grpc, count);
    const latencyMs = await latency(stage, Math.min(count, 5 * LIGHT_PER_SECOND));
    const [cpuSeconds, peakMiB] = await Promise.all([emulator.cpuSeconds(), emulator.peakMemory()]);
    const overRest = peer.rest ? await measureRest(stage, count) : undefined;
    const keepsRate = await keepsItsRate(stage);
    return { startMs, grpc: overGrpc, rest: overRest, latencyMs, cpuSeconds, peakMiB, keepsRate };
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

async function measureRest(stage: Stage, count: number): Promise<Phase> {
  const rest = await RestApi.open(stage.emulator.port, CONCURRENCY);
  try {
    return await measurePhase(stage, rest, count);
  } finally {
    rest.close();
  }
}

async function measurePhase(stage: Stage, api: Api, count: number): Promise<Phase> {
  const { creates } = await createAndDeliver(stage, api, Math.min(count, WARM_UP), undefined);
  const leadMs = (count * 1000) / creates.perSecond + 500;
  return createAndDeliver(stage, api, count, leadMs);
}

/** The tasks are due at one moment, by which all should be created; with no lead they are due when they are created. */
async function createAndDeliver(stage: Stage, api: Api, count: number, leadMs: number | undefined): Promise<Phase> {
  const { emulator, target, queues } = stage;
  const run = target.expect(count);
  const dueAt = now() + (leadMs ?? 0);
  const due = leadMs === undefined ? undefined : Date.now() + Math.ceil(leadMs);
  const requests = tasksOf(api, queues, count, run.url, due);
  const idle = await emulator.cpuSeconds();
  const creates = await sendAll(requests, api.callers);
  const created = await emulator.cpuSeconds();
  const from = Math.max(now(), dueAt);
  const { times, utilization } = await run.arrivals(PATIENCE_MS);
  const delivered = await emulator.cpuSeconds();
  const measured = times.filter((time) => time > from);
  const seconds = (percentile(measured, 1) - from) / 1000;
  return {
    creates,
    deliveries: { perSecond: measured.length / seconds, utilization },
    createUs: ((created - idle) * 1e6) / count,
    deliveryUs: ((delivered - created) * 1e6) / measured.length,
    missing: times.filter((time) => time === 0).length,
  };
}

function tasksOf(
  api: Api,
  queues: readonly string[],
  count: number,
  url: (id: number) => string,
  due: number | undefined,
): Buffer[] {
  return Array.from({ length: count }, (_, id) =>
    api.create({ queue: queues[id % queues.length] ?? "", url: url(id), due }),
  );
}

async function latency({ grpc, target, queues }: Stage, count: number): Promise<Round["latencyMs"]> {
  const run = target.expect(count);
  const sent = await sendSteadily(tasksOf(grpc, queues, count, run.url, undefined), grpc.callers, LIGHT_PER_SECOND);
  const { times } = await run.arrivals(PATIENCE_MS);
  const latencies = times.flatMap((time, id) => (time === 0 ? [] : [time - (sent[id] ?? 0)]));
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

/** A queue at 20 a second may dispatch 60 in three seconds, and what its bucket holds at first, 100 at most. */
async function keepsItsRate({ grpc, target }: Stage): Promise<boolean> {
  const queue = await grpc.createQueue("slow", 20);
  const run = target.expect(300);
  await sendAll(tasksOf(grpc, [queue], 300, run.url, undefined), grpc.callers);
  const { times } = await run.arrivals(3_000);
  return times.filter((time) => time > 0).length < 250;
}
