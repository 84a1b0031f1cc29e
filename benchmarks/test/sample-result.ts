import type { Result } from "../src/harness/result.ts";

/** A result with all that a result can have: a met, an unmet and an unmeasured aim, a failed round, a bound row, a remark. */
export const sampleResult: Result = {
  name: "push",
  title: "Pushing tasks",
  summary: "Each client pushes tasks.",
  date: "2026-01-02",
  seconds: 61,
  commit: "abc1234",
  machine: { cpu: "Fast CPU", cores: 2, memoryGiB: 8, system: "Linux", node: "v20.19.0", load: [0.1, 1.5] },
  figures: [
    {
      id: "cpu",
      title: "CPU per push",
      unit: "µs",
      rows: [
        { name: "cloudtask", rounds: [110, 120, 130] },
        { name: "bare <loop>", rounds: [100, 100, 100] },
      ],
    },
    {
      id: "rate",
      title: "Pushes per second",
      unit: "",
      rows: [
        { name: "cloudtask", rounds: [9_000, null, 9_500], isBound: true },
        { name: "Google", rounds: [2_500.125, 2_600, 2_700] },
      ],
    },
  ],
  aims: [
    { id: "push-cpu", figure: "cpu", row: "cloudtask", against: "bare <loop>", max: 1.15 },
    { id: "push-rate", figure: "rate", row: "cloudtask", against: "Google", min: 3 },
    { id: "push-rate-rust", figure: "rate", row: "cloudtask", against: "Rust", min: 1 },
  ],
  versions: { cloudtask: "1.2.3", Google: "6.0.0" },
  remarks: ["Rust: not measured: cargo is not installed"],
};
