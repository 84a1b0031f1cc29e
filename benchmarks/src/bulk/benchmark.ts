import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { runNode, startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import type { Load } from "../harness/measure-load.ts";
import { measureRounds, pick, type Rounds } from "../harness/run-context.ts";
import { peerVersions } from "../push/peers.ts";

const names = ["pushMany()", "pushMany({ batch: false })", "push()", "bare node:http", "@google-cloud/tasks"];

const aims: readonly Aim[] = [{ id: "bulk", figure: "rate", row: "pushMany()", against: "bare node:http", min: 6 }];

const ours = ["pushMany({ batch: false })", "push()"];

/** Measures the creation of many tasks. */
export const benchmark: Benchmark = {
  name: "bulk",
  title: "Pushing many tasks",
  summary:
    "`pushMany()` creates tasks in batches of 100 per API call. The others create them one by one, 32 at the same time. Each runs in a " +
    "new process per round, against a minimal server in another process.",
  async run(context) {
    const built = await compile("bulk", ["bare-server", "bulk-process"]);
    const server = await startServer(built("bare-server"));
    const count = context.isQuick ? 20_000 : 100_000;
    try {
      const subjects = names.map((name) => ({
        name,
        measure: () => runNode<Load>(built("bulk-process"), { args: [name, server.address, count] }),
      }));
      const rounds = await measureRounds(context, 5, subjects);
      return { figures: figuresOf(rounds), aims, ours, versions: peerVersions, remarks: rounds.failures };
    } finally {
      await server.stop();
    }
  },
};

function figuresOf(rounds: Rounds<Load>): readonly Figure[] {
  const rows = (value: (measurement: Load) => number) =>
    names.map((name) => ({ name, rounds: pick(rounds.of(name), value) }));
  return [
    { id: "rate", title: "Tasks per second", unit: "", rows: rows(({ perSecond }) => perSecond) },
    { id: "cpu", title: "CPU per task", unit: "µs", rows: rows(({ cpuUs }) => cpuUs) },
  ];
}
