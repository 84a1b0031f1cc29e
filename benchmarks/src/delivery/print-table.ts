import type { Rate } from "./load.ts";
import type { Round, Throughput } from "./measure-round.ts";
import type { EmulatorPeer } from "./peers/peer.ts";
import { median } from "./percentile.ts";

/** The rounds of one emulator. */
export interface Measured {
  readonly peer: EmulatorPeer;
  readonly rounds: readonly Round[];
}

type Column = readonly [string, string, (rounds: readonly Round[]) => string];

/** From this utilization on, the load generator or the target was the bottleneck. */
const SATURATED = 0.95;

const columns: readonly Column[] = [
  ["creates/s", "gRPC", (rounds) => rate(rounds.map(({ grpc }) => grpc))],
  ["creates/s", "REST", (rounds) => rate(restOf(rounds))],
  ["deliveries", "/s", (rounds) => rate(rounds.map(({ deliveries }) => deliveries))],
  ["µs/create", "gRPC", (rounds) => figure(rounds.map(({ grpc }) => grpc.cpuUs))],
  ["µs/create", "REST", (rounds) => figure(restOf(rounds).map(({ cpuUs }) => cpuUs))],
  ["µs per", "delivery", (rounds) => figure(rounds.map(({ deliveries }) => deliveries.cpuUs))],
  [
    "latency",
    "p50 ms",
    (rounds) =>
      figure(
        rounds.map(({ latencyMs }) => latencyMs.p50),
        1,
      ),
  ],
  [
    "latency",
    "p99 ms",
    (rounds) =>
      figure(
        rounds.map(({ latencyMs }) => latencyMs.p99),
        1,
      ),
  ],
  [
    "CPU",
    "s",
    (rounds) =>
      figure(
        rounds.map(({ cpuSeconds }) => cpuSeconds),
        1,
      ),
  ],
  ["peak", "MiB", (rounds) => figure(rounds.map(({ peakMiB }) => peakMiB))],
  ["start ms", "gRPC", (rounds) => figure(rounds.map(({ startMs }) => startMs.grpc))],
  ["start ms", "REST", (rounds) => figure(rounds.map(({ startMs }) => startMs.rest))],
  ["keeps", "rate", (rounds) => (rounds.every(({ keepsRate }) => keepsRate) ? "yes" : "no")],
  ["tasks", "lost", (rounds) => String(rounds.reduce((sum, { lost }) => sum + lost, 0))],
];

/** Prints one line per emulator with the medians of its rounds: "–" if not available, "≥" if the load generator was the bottleneck. */
export function printTable(measured: readonly Measured[]): void {
  const rows = [
    ["", ...columns.map(([title]) => title)],
    ["", ...columns.map(([, unit]) => unit)],
    ...measured.map(({ peer, rounds }) => [
      peer.name,
      ...columns.map(([, , cell]) => (rounds.length === 0 ? "failed" : cell(rounds))),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const [name = "", ...cells] of rows) {
    const padded = cells.map((cell, at) => cell.padStart(widths[at + 1] ?? 0));
    console.log([name.padEnd(widths[0] ?? 0), ...padded].join("  "));
  }
}

function restOf(rounds: readonly Round[]): Throughput[] {
  return rounds.flatMap(({ rest }) => rest ?? []);
}

function rate(rates: readonly Rate[]): string {
  const text = figure(rates.map(({ perSecond }) => perSecond));
  return median(rates.map(({ utilization }) => utilization)) >= SATURATED ? `≥${text}` : text;
}

function figure(numbers: readonly number[], digits = 0): string {
  const middle = median(numbers);
  return Number.isNaN(middle) ? "–" : middle.toFixed(digits);
}
