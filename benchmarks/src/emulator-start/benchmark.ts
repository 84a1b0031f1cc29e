import { fileURLToPath } from "node:url";
import { GrpcApi, RestApi } from "../emulators/api.ts";
import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import { RunningEmulator } from "../emulators/running-emulator.ts";
import type { Aim, Benchmark } from "../harness/benchmark.ts";
import { compile } from "../harness/compile.ts";
import { measureRounds, pick } from "../harness/run-context.ts";

/** The measurements of one start. */
interface Start {
  /** From the start of the process to the first answer. */
  readonly readyMs: number;
  /** CPU time until then. */
  readonly cpuMs: number;
}

const aims: readonly Aim[] = [{ id: "emulator-start", figure: "ready", row: "cloudtask", max: 150 }];
const cli = fileURLToPath(new URL("../../../packages/cli/bin/cloudtask.js", import.meta.url));

/** Measures the start of emulators. */
export const benchmark: Benchmark = {
  name: "emulator-start",
  title: "Start of the emulator",
  summary:
    "The time from the start of the process to the first answer to a call, over REST or, if the emulator lacks REST, over gRPC. It includes " +
    "the start of Node. “cloudtask” is a process that calls `createEmulator()`, “cloudtask emulator” is the command.",
  async run(context) {
    const built = await compile("emulators", ["emulator-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk", "rust", "go"]);
    const command: EmulatorPeer = {
      name: "cloudtask emulator",
      version: "",
      rest: true,
      command: (port) => ({ file: process.execPath, args: [cli, "emulator", "--port", String(port)] }),
    };
    const all = peers.toSpliced(1, 0, command);
    const rounds = await measureRounds(
      context,
      7,
      all.map((peer) => ({ name: peer.name, measure: () => measureStart(peer) })),
    );
    const rows = (value: (start: Start) => number) =>
      all.map(({ name }) => ({ name, rounds: pick(rounds.of(name), value) }));
    return {
      figures: [
        { id: "ready", title: "Start to first answer", unit: "ms", rows: rows(({ readyMs }) => readyMs) },
        { id: "cpu", title: "CPU time", unit: "ms", rows: rows(({ cpuMs }) => cpuMs) },
      ],
      aims,
      ours: ["cloudtask emulator", "cloudtask, dataDir"],
      versions,
      remarks: [...remarks, ...rounds.failures],
    };
  },
};

async function measureStart(peer: EmulatorPeer): Promise<Start> {
  const emulator = await RunningEmulator.spawn(peer);
  try {
    await emulator.listening();
    const api = peer.rest ? await RestApi.open(emulator.port, 1) : new GrpcApi(emulator.port, 1);
    await api.probe();
    const readyMs = performance.now() - emulator.spawnedAt;
    const cpuMs = (await emulator.cpuSeconds()) * 1000;
    api.close();
    return { readyMs, cpuMs };
  } finally {
    await emulator.stop();
  }
}
