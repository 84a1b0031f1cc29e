import type { DeadLetter } from "cloudtask/admin";
import { CommandFailure } from "../command-failure.ts";
import type { Run } from "../command-line/command-spec.ts";
import { collect } from "../output/collect.ts";
import { bytesText, jsonText } from "../output/json.ts";
import { type Column, fields, table } from "../output/table.ts";
import { ageText } from "../output/times.ts";
import { openPlace } from "../place/open-place.ts";
import { taskRef } from "../tasks/task-argument.ts";
import { letterMatch, letterName } from "./letter-match.ts";

const columns: readonly Column<DeadLetter>[] = [
  { title: "LETTER", text: letterName },
  { title: "DEFINITION", text: ({ task = "-" }) => task },
  { title: "REASON", text: ({ reason }) => reason },
  { title: "MESSAGE", text: ({ message = "-" }) => message },
  { title: "ATTEMPTS", text: ({ attempts }) => String(attempts ?? "?"), isNumber: true },
  { title: "DISCARDED", text: ({ lastAt, createTime }) => ageText(lastAt ?? createTime), isNumber: true },
];

/** `cloudtask dead list`. */
export const listLetters: Run = async (flags, context) => {
  const match = letterMatch(flags);
  const place = await openPlace(flags, context);
  const [queue = ""] = flags.positionals;
  const letters = await collect(place.admin.deadLetters.list(queue, { match }));
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(letters));
  else if (letters.length > 0) terminal.out(table(letters, columns, terminal));
  else terminal.err(`no dead letters in ${queue}`);
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
    ["body", request.body && bytesText(request.body)],
  ];
}
