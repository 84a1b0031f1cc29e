import { CommandFailure } from "../command-failure.ts";
import type { Run } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { UsageError } from "../usage-error.ts";
import { openFaults, readFaults } from "./fault-json.ts";

/** `cloudtask faults remove`. */
export const removeFaults: Run = async (flags, context) => {
  const ids = new Set(flags.positionals);
  if (ids.size > 0 === flags.has("all")) throw new UsageError("pass the numbers of faults, or --all");
  const place = await openFaults(flags, context);
  const faults = await readFaults(place);
  const missing = [...ids].filter((id) => !faults.some((fault) => fault.id === id));
  if (missing.length > 0) {
    const existing = faults.map(({ id }) => id).join(", ") || "none";
    throw new CommandFailure(`no fault ${missing.join(", ")}; nothing was removed. Existing faults: ${existing}`);
  }
  const removed = faults.filter(({ id }) => flags.has("all") || ids.has(id));
  for (const { id } of removed) await place.emulator.control(`faults/${id}`, { method: "DELETE" });
  const text = `removed ${countText(removed.length, "fault")}`;
  context.terminal.out(flags.has("json") ? JSON.stringify({ removed: removed.length }) : text);
  return 0;
};
