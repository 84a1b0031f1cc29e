import { measureCeiling } from "../emulators/measure-ceiling.ts";
import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import {
  CONCURRENCY,
  keepsRate,
  measureDeliveries,
  measureRestCreates,
  QUEUES,
  type Throughput,
  withEmulator,
} from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure, Row } from "../harness/benchmark.ts";
import { compile } from "../harness/compile.ts";
import { formatNumber } from "../harness/format.ts";
import { measureRounds, pick, type Rounds } from "../harness/run-context.ts";
import { median } from "../harness/statistics.ts";

/** The measurements of one emulator process. */
interface DeliveryRound {
  readonly deliveries: Throughput;
  readonly grpc: Throughput;
  /** `undefined` if the emulator lacks REST. */
  readonly rest: Throughput | undefined;
  readonly peakMiB: number;
  readonly lost: number;
  readonly keepsRate: boolean;
}

const aims: readonly Aim[] = [
  { id: "deliveries-memory", figure: "deliveries", row: "cloudtask", against: "Rust", min: 1 },
  { id: "deliveries-disk", figure: "deliveries", row: "cloudtask, dataDir", against: "Rust", min: 0.7 },
  { id: "creates-grpc", figure: "grpc", row: "cloudtask", against: "Rust", min: 1 },
  { id: "creates-rest", figure: "rest", row: "cloudtask", against: "Rust", min: 1 },
];

/** From this utilization on, the load generator or the target was the bottleneck. */
const SATURATED = 0.95;

/** Measures creates and deliveries of emulators. */
export const benchmark: Benchmark = {
  name: "delivery",
  title: "Creates and deliveries of the emulator",
  summary:
    `Each emulator runs in a new process per round, and its target in another. ${CONCURRENCY} callers create tasks in ${QUEUES} queues, ` +
    "all due at the same time; then the emulator delivers them. Each queue allows 500 deliveries per second, the most in Cloud Tasks. With `dataDir`, " +
    "a create is answered after the task is on disk; the others keep their tasks in memory.",
  async run(context) {
    const built = await compile("emulators", ["emulator-process", "noop-process", "target-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk", "rust", "go"]);
    const count = context.isQuick ? 4_000 : 10_000;
    const target = await Target.start(built("target-process"));
    try {
      const subjects = peers.map((peer) => ({ name: peer.name, measure: () => measure(peer, target, count) }));
      const rounds = await measureRounds(context, 3, subjects);
      const ceiling = await measureCeiling(built("noop-process"), target, count);
      const limits = `${formatNumber(ceiling.grpc)} gRPC calls/s and ${formatNumber(ceiling.http)} HTTP requests/s`;
      return {
        figures: figuresOf(peers, rounds),
        aims,
        ours: ["cloudtask, dataDir"],
        versions,
        remarks: [
          ...remarks,
          ...rounds.failures,
          ...peers.flatMap(({ name }) => faultsOf(name, rounds)),
          `without an emulator between them, load generator and target reach ${limits}; “≥” marks rows that these limit`,
        ],
      };
    } finally {
      target.stop();
    }
  },
};

function measure(peer: EmulatorPeer, target: Target, count: number): Promise<DeliveryRound> {
  return withEmulator(peer, target, async (session) => {
    const { creates, ...delivered } = await measureDeliveries(session, count);
    const rest = peer.rest ? await measureRestCreates(session, count) : undefined;
    const peakMiB = await session.emulator.peakMemory();
    return { ...delivered, grpc: creates, rest, peakMiB, keepsRate: await keepsRate(session) };
  });
}

function figuresOf(peers: readonly EmulatorPeer[], rounds: Rounds<DeliveryRound>): readonly Figure[] {
  const withRest = peers.filter(({ rest }) => rest);
  const none: Throughput = { perSecond: Number.NaN, cpuUs: Number.NaN, utilization: Number.NaN };
  const rates = (of: readonly EmulatorPeer[], value: (round: DeliveryRound) => Throughput): Row[] =>
    of.map(({ name }) => {
      const isBound = median(pick(rounds.of(name), (round) => value(round).utilization)) >= SATURATED;
      return { name, rounds: pick(rounds.of(name), (round) => value(round).perSecond), ...(isBound && { isBound }) };
    });
  const rows = (value: (round: DeliveryRound) => number): Row[] =>
    peers.map(({ name }) => ({ name, rounds: pick(rounds.of(name), value) }));
  return [
    { id: "deliveries", title: "Deliveries per second", unit: "", rows: rates(peers, (round) => round.deliveries) },
    { id: "grpc", title: "Creates per second, gRPC", unit: "", rows: rates(peers, ({ grpc }) => grpc) },
    { id: "rest", title: "Creates per second, REST", unit: "", rows: rates(withRest, ({ rest = none }) => rest) },
    { id: "delivery-cpu", title: "CPU per delivery", unit: "µs", rows: rows((round) => round.deliveries.cpuUs) },
    { id: "grpc-cpu", title: "CPU per create, gRPC", unit: "µs", rows: rows(({ grpc }) => grpc.cpuUs) },
    { id: "memory", title: "Peak memory", unit: "MiB", rows: rows(({ peakMiB }) => peakMiB) },
  ];
}

/** Returns the faults of an emulator that make its figures worth less. */
function faultsOf(name: string, rounds: Rounds<DeliveryRound>): string[] {
  const measured = rounds.of(name).filter((round) => round !== undefined);
  const lost = measured.reduce((sum, round) => sum + round.lost, 0);
  return [
    ...(lost > 0 ? [`${name}: ${lost} tasks were not delivered`] : []),
    ...(measured.some((round) => !round.keepsRate) ? [`${name}: exceeds the configured rate of a queue`] : []),
  ];
}
