import type { Benchmark } from "./harness/benchmark.ts";

type Load = () => Promise<{ readonly benchmark: Benchmark }>;

/** The benchmarks by name, in the order of the page. Their modules are imported when they run. */
export const benchmarks: Readonly<Record<string, Load>> = {
  start: () => import("./start/benchmark.ts"),
  push: () => import("./push/benchmark.ts"),
  bulk: () => import("./bulk/benchmark.ts"),
  bundle: () => import("./bundle/benchmark.ts"),
  worker: () => import("./worker/benchmark.ts"),
  delivery: () => import("./delivery/benchmark.ts"),
  page: () => import("./page/benchmark.ts"),
  latency: () => import("./latency/benchmark.ts"),
  scale: () => import("./scale/benchmark.ts"),
  "emulator-start": () => import("./emulator-start/benchmark.ts"),
  "test-client": () => import("./test-client/benchmark.ts"),
  soak: () => import("./soak/benchmark.ts"),
};

/** They take many minutes, so only `--long` or their name runs them. */
export const longBenchmarks: ReadonlySet<string> = new Set(["soak"]);
