import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { packageVersion } from "../harness/package-version.ts";
import type { Sample } from "./sample.ts";

const STEPS = 20;
const FIRST = "first quarter";
const LAST = "last quarter";

const aims: readonly Aim[] = ["app", "emulator"].flatMap((name) => [
  { id: `soak-${name}-heap`, figure: `${name}-heap`, row: LAST, against: FIRST, max: 1.1 },
  { id: `soak-${name}-handles`, figure: `${name}-handles`, row: LAST, against: FIRST, max: 1.2 },
]);

/** Measures whether memory and handles stay flat. */
export const benchmark: Benchmark = {
  name: "soak",
  title: "A million pushes and deliveries",
  summary:
    `An app pushes 1,000,000 tasks to an emulator and receives them in its worker. After each of ${STEPS} steps, its heap and its open handles are ` +
    "counted, and those of the emulator. The name of a finished task becomes free after 10 seconds instead of an hour: in this run, names " +
    "would only be added, 200 bytes each.",
  async run({ isQuick, progress }) {
    const built = await compile("soak", ["emulator-server", "app-server"]);
    const count = isQuick ? 40_000 : 1_000_000;
    const nodeArgs = ["--expose-gc"];
    const emulator = await startServer(built("emulator-server"), { nodeArgs });
    const app = await startServer(built("app-server"), { nodeArgs, args: [emulator.address] });
    const samples: { readonly app: Sample; readonly emulator: Sample }[] = [];
    try {
      for (let step = 1; step <= STEPS; step += 1) {
        const ofApp = JSON.parse(await app.ask(String(count / STEPS))) as Sample;
        samples.push({ app: ofApp, emulator: JSON.parse(await emulator.ask("sample")) as Sample });
        progress(`${(count / STEPS) * step} of ${count}: heap ${ofApp.heapMb.toFixed(1)} MB, ${ofApp.handles} handles`);
      }
    } finally {
      await app.stop();
      await emulator.stop();
    }
    const versions = { cloudtask: packageVersion("cloudtask") };
    return { figures: figuresOf(samples), aims, versions, remarks: isQuick ? [`quick: ${count} tasks`] : [] };
  },
};

function figuresOf(samples: readonly { readonly app: Sample; readonly emulator: Sample }[]): readonly Figure[] {
  const quarter = STEPS / 4;
  const rows = (value: (each: (typeof samples)[number]) => number) => [
    { name: LAST, rounds: samples.slice(-quarter).map(value) },
    { name: FIRST, rounds: samples.slice(0, quarter).map(value) },
  ];
  return (["app", "emulator"] as const).flatMap((name) => [
    { id: `${name}-heap`, title: `Heap of the ${name}`, unit: "MB", rows: rows((each) => each[name].heapMb) },
    { id: `${name}-handles`, title: `Handles of the ${name}`, unit: "", rows: rows((each) => each[name].handles) },
  ]);
}
