import { CommandFailure } from "../command-failure.ts";
import type { CommandContext } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";
import type { Place } from "./open-place.ts";

/** Writes to stderr what a command is about to change in Google Cloud. */
export function announce({ emulator, label }: Place, change: string, { terminal }: CommandContext): void {
  if (!emulator) terminal.err(`${label}: ${change}`);
}

/**
 * Asks before a change that loses something, unless `--yes` is set.
 *
 * @param lost - the loss, as the end of the sentence `This …`
 * @throws UsageError without a terminal
 * @throws CommandFailure if the answer is not yes
 */
export async function confirm(lost: string, flags: GivenFlags, { terminal }: CommandContext): Promise<void> {
  if (flags.has("yes")) return;
  if (!terminal.isInteractive) {
    throw new UsageError(`this ${lost} and cannot be undone; without a terminal to ask, pass --yes to confirm`);
  }
  const answer = await terminal.ask(`This ${lost} and cannot be undone. Continue? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure("cancelled; nothing was changed");
}
