import type { Run } from "../command-line/command-spec.ts";
import { jsonText } from "../output/json.ts";
import { type Column, table } from "../output/table.ts";
import { type FaultJson, openFaults, readFaults } from "./fault-json.ts";
import { appliedText, effectText, scopeText } from "./fault-text.ts";

const columns: readonly Column<FaultJson>[] = [
  { title: "FAULT", text: ({ id }) => id },
  { title: "ON", text: ({ fault }) => fault.on },
  { title: "ONLY", text: ({ fault }) => scopeText(fault) },
  { title: "EFFECT", text: ({ fault }) => effectText(fault) },
  { title: "APPLIED", text: appliedText, isNumber: true },
];

/** `cloudtask faults list`. */
export const listFaults: Run = async (flags, context) => {
  const faults = await readFaults(await openFaults(flags, context));
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(faults));
  else if (faults.length > 0) terminal.out(table(faults, columns, terminal));
  else terminal.err("no faults");
  return 0;
};
