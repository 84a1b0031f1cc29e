import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { runNode, startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { measureRounds, pick, type Rounds } from "../harness/run-context.ts";
import { peers, peerVersions } from "./peers.ts";
import type { PushMeasurement } from "./push-process.ts";

const names = Object.keys(peers) as (keyof typeof peers)[];

const aims: readonly Aim[] = [
  { id: "push-cpu", figure: "cpu", row: "cloudtask", against: "bare node:http", max: 1.15 },
  { id: "push-rate", figure: "rate", row: "cloudtask", against: "bare node:http", min: 0.9 },
  { id: "push-rate-google", figure: "rate", row: "cloudtask", against: "@google-cloud/tasks", min: 3 },
  { id: "push-memory-google", figure: "memory", row: "cloudtask", against: "@google-cloud/tasks", max: 0.4 },
];

/** Measures pushes one by one, 64 at the same time. */
export const benchmark: Benchmark = {
  name: "push",
  title: "Pushing tasks one by one",
  summary:
    "Each client creates tasks with `push()` or its counterpart, 64 at the same time, in a new process per round, against a minimal " +
    "server in another process. “bare node:http” is a loop that sends the same bytes as cloudtask, without checks, retries and time limits.",
  async run(context) {
    const built = await compile("push", ["api-server", "push-process", ...Object.values(peers)]);
    const server = await startServer(built("api-server"));
    const count = context.isQuick ? 2_000 : 8_000;
    try {
      const subjects = names.map((name) => ({
        name,
        measure: () =>
          runNode<PushMeasurement>(built("push-process"), { args: [built(peers[name]), server.address, count] }),
      }));
      const rounds = await measureRounds(context, 5, subjects);
      return { figures: figuresOf(rounds), aims, versions: peerVersions, remarks: rounds.failures };
    } finally {
      await server.stop();
    }
  },
};

function figuresOf(rounds: Rounds<PushMeasurement>): readonly Figure[] {
  const rows = (value: (measurement: PushMeasurement) => number) =>
    names.map((name) => ({ name, rounds: pick(rounds.of(name), value) }));
  return [
    { id: "cpu", title: "CPU per push", unit: "µs", rows: rows(({ cpuUs }) => cpuUs) },
    { id: "rate", title: "Pushes per second", unit: "", rows: rows(({ perSecond }) => perSecond) },
    { id: "memory", title: "Memory after 8,000 pushes", unit: "MB", rows: rows(({ memoryMb }) => memoryMb) },
  ];
}
