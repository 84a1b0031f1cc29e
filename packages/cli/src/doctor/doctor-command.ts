import type { CommandSpec } from "../command-line/command-spec.ts";
import { doctorGroups } from "./doctor-flags.ts";

/** `cloudtask doctor`. */
export const doctorCommand: CommandSpec = {
  name: "doctor",
  summary: "Find out why a task does not arrive",
  intro:
    "Checks credentials, the queue, permissions, the service account and the worker, each by the call that proves it. It changes nothing, except with --deliver.",
  args: [],
  groups: doctorGroups,
  hasVariables: true,
  outro: ["Example:", "  cloudtask doctor --client ./dist/tasks.js --deliver"],
  load: async () => (await import("./run-doctor.ts")).runDoctor,
};
