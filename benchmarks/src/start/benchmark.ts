import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { runNode, startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { measureRounds, pick, type Rounds } from "../harness/run-context.ts";
import { peers, peerVersions } from "../push/peers.ts";
import type { FirstPush } from "./first-push.ts";

const names = Object.keys(peers) as (keyof typeof peers)[];

const aims: readonly Aim[] = [
  { id: "start", figure: "ready", row: "cloudtask", against: "bare node:http", max: 1.4 },
  { id: "start-google", figure: "ready", row: "cloudtask", against: "@google-cloud/tasks", max: 0.05 },
];

/** Measures the first push of a new process, as after a cold start. */
export const benchmark: Benchmark = {
  name: "start",
  title: "The first push of a new process",
  summary:
    "A new process imports the client and pushes once, as after a cold start. The time ends with the answer to the push. It does " +
    "not include the start of Node itself.",
  async run(context) {
    const built = await compile("start", ["first-push", "../push/api-server", ...peerModules()]);
    const server = await startServer(built("api-server"));
    try {
      const subjects = names.map((name) => ({
        name,
        measure: () => runNode<FirstPush>(built("first-push"), { args: [built(peers[name]), server.address] }),
      }));
      const rounds = await measureRounds(context, 15, subjects);
      return { figures: figuresOf(rounds), aims, versions: peerVersions, remarks: rounds.failures };
    } finally {
      await server.stop();
    }
  },
};

function peerModules(): string[] {
  return Object.values(peers).map((module) => `../push/${module}`);
}

function figuresOf(rounds: Rounds<FirstPush>): readonly Figure[] {
  const rows = (value: (measurement: FirstPush) => number) =>
    names.map((name) => ({ name, rounds: pick(rounds.of(name), value) }));
  return [
    { id: "ready", title: "Import and first push", unit: "ms", rows: rows(({ readyMs }) => readyMs) },
    { id: "import", title: "Of which import", unit: "ms", rows: rows(({ importMs }) => importMs) },
    { id: "cpu", title: "CPU time", unit: "ms", rows: rows(({ cpuMs }) => cpuMs) },
    { id: "files", title: "Loaded files", unit: "", rows: rows(({ files }) => files) },
  ];
}
