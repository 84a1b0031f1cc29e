import type { FailureGroupJson, FailuresJson } from "@cloudtask/emulator/internal";
import type { Run } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { jsonText } from "../output/json.ts";
import { type Column, table } from "../output/table.ts";
import { ageText } from "../output/times.ts";
import { openEmulatorPlace } from "../place/open-place.ts";
import { placeText } from "../place/place-flags.ts";
import { shortTaskName } from "../tasks/task-argument.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { givenPrefix, noAttempts, ONLY_EMULATOR } from "./list-attempts.ts";

const DEFAULT_LIMIT = 100;

const columns: readonly Column<FailureGroupJson>[] = [
  { title: "LAST TASK", text: ({ lastTask }) => shortTaskName(lastTask), isName: true },
  { title: "DEFINITION", text: ({ definition = "-" }) => definition },
  { title: "ANSWER", text: ({ answer }) => answer },
  { title: "UNRESOLVED", text: ({ unresolved, tasks }) => `${unresolved} of ${tasks}`, isNumber: true },
  { title: "ATTEMPTS", text: ({ attempts }) => String(attempts), isNumber: true },
  { title: "LAST", text: ({ lastTime }) => ageText(new Date(lastTime)), isNumber: true },
];

/** `cloudtask failures`. */
export const listFailures: Run = async (flags, context) => {
  const limit = positiveInteger(flags, "limit") ?? DEFAULT_LIMIT;
  const place = await openEmulatorPlace(flags, context, ONLY_EMULATOR);
  const query = { queue: flags.text("queue"), definition: flags.text("definition"), limit: "1000" };
  const { groups, others } = await place.emulator.get<FailuresJson>("/inspect/failures", query);
  const prefix = givenPrefix(flags, place);
  const found = groups.filter(({ queues }) => queues.some((name) => name.startsWith(prefix)));
  const shown = found.slice(0, limit);
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(shown));
  else if (shown.length > 0) {
    terminal.out(table(shown, columns, terminal));
    terminal.out(`\nto see the request and all attempts of a task: cloudtask tasks describe TASK${placeText(flags)}`);
  }
  if (shown.length === 0) terminal.err(await noAttempts(flags, place, "no failed attempts"));
  if (found.length > limit) terminal.err(`there are more than ${countText(limit, "group")}; pass --limit to see more`);
  else if (others > 0) terminal.err(`${countText(others, "other group")} not shown; pass --queue or --definition`);
  return 0;
};
