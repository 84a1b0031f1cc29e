import type { DeadLetterMatch, RedriveOptions } from "cloudtask/admin";
import { errorMessage } from "cloudtask/internal";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { countText } from "../output/count-text.ts";
import { failureLines } from "../output/failure-lines.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { adminWithSecret } from "../place/push-client.ts";
import { UsageError } from "../usage-error.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { isSelective, letterMatch } from "./letter-match.ts";
import { namedQueue } from "./letter-queues.ts";

/** `cloudtask dead redrive`. */
export const redriveLetters: Run = async (flags, context) => {
  const options = redriveOptions(flags);
  const place = await openPlace(flags, context);
  const { terminal } = context;
  const queue = await namedQueue(place, flags, context);
  const secretFile = flags.text("secret-file");
  const admin = secretFile === undefined ? place.admin : adminWithSecret(place, secretFile, context);
  const match =
    isSelective(options.match) || flags.has("limit") ? options.match : await allLetters(place, queue, flags, context);
  announce(place, `redrives the dead letters of ${queue}`, context);
  const result = admin.deadLetters.redrive(queue, {
    ...options,
    match,
    onProgress: ({ redriven: done, failed: lost }) => terminal.progress(`${done} redriven, ${lost} failed`),
  });
  const { redriven, failed } = await result.finally(() => terminal.progress());
  const failures = failed.map(({ letter, error }) => ({ name: letter.name, error: errorMessage(error) }));
  if (flags.has("json")) terminal.out(JSON.stringify({ redriven, failed: failures }));
  else terminal.out(`redriven ${countText(redriven, "dead letter")}`);
  const lines = failureLines(failed.map(({ letter: { name }, error }) => ({ name, error })));
  for (const line of lines) terminal.err(line);
  return failed.length === 0 ? 0 : 1;
};

/** `cloudtask dead delete`. */
export const deleteLetters: Run = async (flags, context) => {
  const match = letterMatch(flags);
  if (isSelective(match) === flags.has("all")) {
    throw new UsageError("pass options that select letters, or --all");
  }
  const place = await openPlace(flags, context);
  const queue = await namedQueue(place, flags, context);
  const names = await letterNames(place, queue, match);
  const what = `deletes ${countText(names.length, "dead letter")} of ${queue}`;
  let deleted = 0;
  if (names.length > 0) {
    await confirm(`${what} (${place.label})`, flags, context);
    announce(place, what, context);
    // Only those that were counted: others may have arrived since.
    deleted = await place.admin.deadLetters.delete(queue, { match: { names } });
  }
  context.terminal.out(
    flags.has("json") ? JSON.stringify({ deleted }) : `deleted ${countText(deleted, "dead letter")}`,
  );
  return 0;
};

/** Asks before all letters of a queue are redriven, and returns a selection of those that were counted. */
async function allLetters(
  place: Place,
  queue: string,
  flags: GivenFlags,
  context: CommandContext,
): Promise<DeadLetterMatch> {
  if (flags.has("yes")) return {};
  const names = await letterNames(place, queue, {});
  if (names.length > 0) {
    await confirm(
      `redrives all ${countText(names.length, "dead letter")} of ${queue} (${place.label})`,
      flags,
      context,
    );
  }
  return { names };
}

async function letterNames({ admin }: Place, queue: string, match: DeadLetterMatch): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of admin.deadLetters.list(queue, { match })) names.push(name);
  return names;
}

function redriveOptions(flags: GivenFlags): RedriveOptions & { readonly match: DeadLetterMatch } {
  const rate = flags.text("rate");
  const perSecond = rate === undefined ? undefined : Number(rate);
  if (perSecond !== undefined && !(perSecond > 0 && Number.isFinite(perSecond))) {
    throw new UsageError(`--rate: expected a number of more than 0; received ${JSON.stringify(rate)}`);
  }
  return { match: letterMatch(flags), rate: perSecond, limit: positiveInteger(flags, "limit"), to: flags.text("to") };
}
