import { sendSteadily } from "../emulators/load.ts";
import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import { type Session, TIMEOUT_MS, tasksOf, withEmulator } from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { compile } from "../harness/compile.ts";
import { measureRounds, pick, type Rounds, type RunContext } from "../harness/run-context.ts";
import { percentile } from "../harness/statistics.ts";
import { measureLateness } from "./lateness.ts";

/** Milliseconds, of all tasks of a round. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
}

const PER_SECOND = 200;
const DUE_SECONDS = 10;

const aims: readonly Aim[] = [
  { id: "latency-p50", figure: "latency-p50", row: "cloudtask", against: "Rust", max: 1.1 },
  { id: "latency-p99", figure: "latency-p99", row: "cloudtask", against: "Rust", max: 1 },
  { id: "lateness", figure: "late-10000-p99", row: "cloudtask", max: 25 },
];

/** Measures the time from a create to its delivery, and from a task's time to its delivery. */
export const benchmark: Benchmark = {
  name: "latency",
  title: "Latency of the emulator",
  summary:
    `Latency is the time from sending a create over gRPC to the arrival of its delivery at the target, at ${PER_SECOND} creates per second. ` +
    `Lateness is the time from the schedule time of a task to its arrival, for tasks that become due evenly over ${DUE_SECONDS} seconds, after 6,000 others.`,
  async run(context) {
    const built = await compile("emulators", ["emulator-process", "target-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk", "rust", "go"]);
    const target = await Target.start(built("target-process"));
    try {
      const latencies = await measureLatencies(context, peers, target);
      const late = await measureLate(context, peers, target);
      return {
        figures: [...figuresOf("latency", "Latency", peers, latencies), ...late.figures],
        aims,
        ours: ["cloudtask, dataDir"],
        versions,
        remarks: [...remarks, ...latencies.failures, ...late.failures],
      };
    } finally {
      target.stop();
    }
  },
};

function measureLatencies(
  context: RunContext,
  peers: readonly EmulatorPeer[],
  target: Target,
): Promise<Rounds<Delays>> {
  const seconds = context.isQuick ? 2 : 5;
  const subjects = peers.map((peer) => ({
    name: peer.name,
    measure: () => withEmulator(peer, target, (session) => measureLatency(session, seconds * PER_SECOND)),
  }));
  return measureRounds(context, 3, subjects);
}

async function measureLatency(session: Session, count: number): Promise<Delays> {
  const { grpc, target } = session;
  const run = target.expect(count);
  const sent = await sendSteadily(tasksOf(session, grpc, count, run.url), grpc.callers, PER_SECOND);
  const { times } = await run.arrivals(TIMEOUT_MS);
  const latencies = times.flatMap((time, id) => (time === 0 ? [] : [time - (sent[id] ?? 0)]));
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

async function measureLate(
  context: RunContext,
  peers: readonly EmulatorPeer[],
  target: Target,
): Promise<{ readonly figures: readonly Figure[]; readonly failures: readonly string[] }> {
  const figures: Figure[] = [];
  const failures: string[] = [];
  const fastest = peers.filter(({ name }) => name === "cloudtask" || name === "Rust");
  for (const perSecond of [2_000, 10_000]) {
    const seconds = context.isQuick ? 1 : DUE_SECONDS;
    const subjects = fastest.map((peer) => ({
      name: peer.name,
      measure: () => withEmulator(peer, target, (session) => measureLateness(session, perSecond, seconds)),
    }));
    const rounds = await measureRounds(context, 3, subjects);
    const title = `Lateness at ${perSecond.toLocaleString("en-US")}/s`;
    figures.push(...figuresOf(`late-${perSecond}`, title, fastest, rounds));
    failures.push(...rounds.failures);
  }
  return { figures, failures };
}

function figuresOf(
  id: string,
  title: string,
  peers: readonly EmulatorPeer[],
  rounds: Rounds<Delays>,
): readonly Figure[] {
  const rows = (value: (delays: Delays) => number) =>
    peers.map(({ name }) => ({ name, rounds: pick(rounds.of(name), value) }));
  return [
    { id: `${id}-p50`, title: `${title}, median`, unit: "ms", rows: rows(({ p50 }) => p50) },
    { id: `${id}-p99`, title: `${title}, 99 %`, unit: "ms", rows: rows(({ p99 }) => p99) },
  ];
}
