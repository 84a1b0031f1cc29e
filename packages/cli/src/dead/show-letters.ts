import type { DeadLetter } from "cloudtask/admin";
import { CommandFailure } from "../command-failure.ts";
import type { Run } from "../command-line/command-spec.ts";
import { collect } from "../output/collect.ts";
import { countText } from "../output/count-text.ts";
import { bodyText, jsonText } from "../output/json.ts";
import { type Column, fields, table } from "../output/table.ts";
import { ageText } from "../output/times.ts";
import { openPlace } from "../place/open-place.ts";
import { taskRef } from "../tasks/task-argument.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { isSelective, letterMatch, letterName } from "./letter-match.ts";

const DEFAULT_LIMIT = 100;

const columns: readonly Column<DeadLetter>[] = [
  { title: "LETTER", text: letterName, isName: true },
  { title: "DEFINITION", text: ({ task = "-" }) => task },
  { title: "REASON", text: ({ reason }) => reason },
  { title: "MESSAGE", text: ({ message = "-" }) => message },
  { title: "ATTEMPTS", text: ({ attempts }) => String(attempts ?? "?"), isNumber: true },
  { title: "DISCARDED", text: ({ lastAt, createTime }) => ageText(lastAt ?? createTime), isNumber: true },
];

/** `cloudtask dead list`. */
export const listLetters: Run = async (flags, context) => {
  const match = letterMatch(flags);
  const limit = positiveInteger(flags, "limit") ?? DEFAULT_LIMIT;
  const place = await openPlace(flags, context);
  const [queue = ""] = flags.positionals;
  // One more shows whether there are more.
  const found = await collect(place.admin.deadLetters.list(queue, { match }), limit + 1);
  const letters = found.slice(0, limit);
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(letters));
  else if (letters.length > 0) terminal.out(table(letters, columns, terminal));
  else terminal.err(`no dead letters in ${queue}${isSelective(match) ? " match" : ""}`);
  if (found.length > limit)
    terminal.err(`there are more than ${countText(limit, "dead letter")}; pass --limit to see more`);
  return 0;
};

/** `cloudtask dead describe`. */
export const describeLetter: Run = async (flags, context) => {
  const ref = taskRef(flags.positionals[0] ?? "");
  const place = await openPlace(flags, context);
  const { queue, name } = await place.admin.tasks.get(ref);
  const [letter] = await collect(place.admin.deadLetters.list(queue, { match: { names: [name] } }));
  if (!letter) throw new CommandFailure(`${name} is a task, and no dead letter; see cloudtask tasks describe`);
  context.terminal.out(flags.has("json") ? jsonText(letter) : fields(linesOf(letter), context.terminal));
  return 0;
};

function linesOf(letter: DeadLetter): readonly (readonly [string, string | undefined])[] {
  const { request } = letter;
  return [
    ["name", letter.name],
    ["definition", letter.task],
    ["reason", letter.reason],
    ["message", letter.message],
    ["attempts", letter.attempts === undefined ? undefined : String(letter.attempts)],
    ["first attempt", letter.firstAt?.toISOString()],
    ["last attempt", letter.lastAt?.toISOString()],
    ["home queue", letter.homeQueue],
    ["task", letter.originalId],
    ["request", `${request.method} ${request.url}`],
    ...Object.entries(request.headers).map(([header, value]) => [`  ${header}`, value] as const),
    ["body", request.body && bodyText(request.body)],
  ];
}
