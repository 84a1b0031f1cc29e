import type { DeadLetter, DeadLetterMatch, TaskRef } from "cloudtask/admin";
import { CommandFailure } from "../command-failure.ts";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { optionText } from "../command-line/option-text.ts";
import { collect } from "../output/collect.ts";
import { countText } from "../output/count-text.ts";
import { bodyText, jsonText } from "../output/json.ts";
import { type Column, fields, table } from "../output/table.ts";
import { ageText } from "../output/times.ts";
import { notFound } from "../place/not-found.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { placeText } from "../place/place-flags.ts";
import { taskRef } from "../tasks/task-argument.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { isSelective, letterArgument, letterMatch, letterName, MATCH_OPTIONS } from "./letter-match.ts";
import { letterQueues, noLettersText } from "./letter-queues.ts";

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
  const { queue: named } = letterArgument(flags);
  const queues = named === undefined ? await letterQueues(place, context) : [named];
  const found = await Promise.all(queues.map((queue) => readLetters(place, queue, { match, limit })));
  const letters = found.flatMap((each) => each.letters);
  const { terminal } = context;
  if (flags.has("json")) terminal.out(jsonText(letters));
  else if (letters.length > 0) {
    terminal.out(table(letters, columns, terminal));
    if (named === undefined) terminal.out(["", ...found.flatMap((each) => redriveLine(each, flags))].join("\n"));
  } else if (queues.length === 0) terminal.err(noLettersText(place));
  else terminal.err(`no dead letters in ${queues.join(", ")}${isSelective(match) ? " match" : ""}`);
  for (const { queue, hasMore } of found) {
    if (hasMore) terminal.err(`${queue} has more than ${countText(limit, "dead letter")}; pass --limit to see more`);
  }
  return 0;
};

interface FoundLetters {
  readonly queue: string;
  readonly letters: readonly DeadLetter[];
  readonly hasMore: boolean;
}

async function readLetters(
  { admin }: Place,
  queue: string,
  { match, limit }: { readonly match: DeadLetterMatch; readonly limit: number },
): Promise<FoundLetters> {
  // One more shows whether there are more.
  const letters = await collect(admin.deadLetters.list(queue, { match }), limit + 1);
  return { queue, letters: letters.slice(0, limit), hasMore: letters.length > limit };
}

/** Names the command that redrives the letters of a queue. */
function redriveLine({ queue, letters, hasMore }: FoundLetters, flags: GivenFlags): readonly string[] {
  if (letters.length === 0) return [];
  const options = `${optionText(flags, MATCH_OPTIONS)}${placeText(flags)}`;
  const count = `${hasMore ? "more than " : ""}${countText(letters.length, "dead letter")}`;
  return [`${queue}: ${count}; to run them again: cloudtask dead redrive ${queue}${options}`];
}

/** `cloudtask dead describe`. */
export const describeLetter: Run = async (flags, context) => {
  const { terminal } = context;
  const ref = taskRef(flags.positionals[0] ?? "", "LETTER");
  const place = await openPlace(flags, context);
  const letter = await oneLetter(place, ref, flags);
  if (flags.has("json")) terminal.out(jsonText(letter));
  else {
    const next = `to run it again: cloudtask dead redrive ${letterName(letter)}${placeText(flags)}`;
    terminal.out([fields(linesOf(letter), terminal), "", next].join("\n"));
  }
  return 0;
};

/** Returns a letter. @throws CommandFailure if there is none, or if it is another task */
async function oneLetter({ admin }: Place, ref: TaskRef, flags: GivenFlags): Promise<DeadLetter> {
  const { queue, name } = await admin.tasks.get(ref).catch((error: unknown) => {
    const list = `cloudtask dead list${placeText(flags)}`;
    throw notFound(error, `It may have been redriven or deleted. To list the letters: ${list}`);
  });
  const [letter] = await collect(admin.deadLetters.list(queue, { match: { names: [name] } }));
  if (letter) return letter;
  throw new CommandFailure(`${name} is a task, and no dead letter; see cloudtask tasks describe`);
}

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
