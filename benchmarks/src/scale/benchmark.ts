import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { runNode } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { packageVersion } from "../harness/package-version.ts";
import type { FillMeasurement } from "./fill-process.ts";
import { measurePurge } from "./measure-purge.ts";

const FEW = "1,000 waiting";
const MANY = "1,000,000 waiting";
const MEANWHILE = "while a purge runs";

const aims: readonly Aim[] = [
  { id: "scale-create", figure: "create", row: MANY, against: FEW, max: 1.2 },
  { id: "scale-purge", figure: "longest", row: MEANWHILE, max: 50 },
];

/** Measures an emulator with very many waiting tasks. */
export const benchmark: Benchmark = {
  name: "scale",
  title: "A million waiting tasks in the emulator",
  summary:
    "Engine and store of the emulator create named tasks on disk, alternately beside 1,000 and beside 1,000,000 waiting tasks. Then an " +
    "emulator restarts with the 1,000,000 tasks and purges their queue, while it answers a create in another queue every 5 ms.",
  async run(context) {
    const { isQuick, progress, rounds = isQuick ? 2 : 7 } = context;
    const built = await compile("scale", ["fill-process", "emulator-process"]);
    const many = isQuick ? 50_000 : 1_000_000;
    const home = await mkdtemp(join(tmpdir(), "cloudtask-scale-"));
    try {
      progress(`creating ${many} tasks`);
      const nodeArgs = ["--expose-gc", "--max-old-space-size=6144"];
      const filled = await runNode<FillMeasurement>(built("fill-process"), {
        nodeArgs,
        args: [home, 1_000, many, rounds],
      });
      progress("purging them");
      const purge = await measurePurge(built("emulator-process"), join(home, "many"));
      return {
        figures: figuresOf(filled, purge),
        aims,
        versions: { "@cloudtask/emulator": packageVersion("@cloudtask/emulator") },
        remarks: isQuick ? [`quick: ${many} tasks instead of 1,000,000`] : [],
      };
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  },
};

function figuresOf(filled: FillMeasurement, purge: Awaited<ReturnType<typeof measurePurge>>): readonly Figure[] {
  return [
    {
      id: "create",
      title: "CPU per create",
      unit: "µs",
      rows: [
        { name: MANY, rounds: filled.manyUs },
        { name: FEW, rounds: filled.fewUs },
      ],
    },
    {
      id: "longest",
      title: "Longest answer to a create",
      unit: "ms",
      rows: [
        { name: MEANWHILE, rounds: [purge.meanwhileMs] },
        { name: "without a purge", rounds: [purge.idleMs] },
      ],
    },
    { id: "purge", title: "Answer to the purge", unit: "ms", rows: [{ name: MANY, rounds: [purge.answerMs] }] },
    { id: "restart", title: "Restart", unit: "ms", rows: [{ name: MANY, rounds: [purge.restartMs] }] },
    { id: "bytes", title: "Memory per task", unit: "bytes", rows: [{ name: MANY, rounds: [filled.bytes] }] },
  ];
}
