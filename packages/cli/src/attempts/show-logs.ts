import { CommandFailure } from "../command-failure.ts";
import type { CommandContext, Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { stopRequested } from "../emulator/stop-signals.ts";
import type { EmulatorApi } from "../place/emulator-api.ts";
import { invalidOption } from "../place/emulator-failure.ts";
import { openEmulatorPlace } from "../place/open-place.ts";
import { positiveInteger } from "../values/whole-number.ts";
import { attemptText } from "./attempt-text.ts";
import type { AttemptJson } from "./inspect-json.ts";
import { type AttemptSelection, newestAttempts, noAttempts, ONLY_EMULATOR, selectedAttempts } from "./list-attempts.ts";
import { readEvents } from "./read-events.ts";

const DEFAULT_LIMIT = 20;

/** `cloudtask logs`. */
export const showLogs: Run = async (flags, context) => {
  const limit = positiveInteger(flags, "limit") ?? DEFAULT_LIMIT;
  const place = await openEmulatorPlace(flags, context, ONLY_EMULATOR);
  const { emulator } = place;
  const selection = selectedAttempts(flags, place);
  const { follower, shown } = await read(emulator, selection, { limit, flags }).catch((error: unknown) => {
    throw invalidOption(error, flags);
  });
  for (const attempt of shown) print(attempt, flags, context);
  if (shown.length === 0) context.terminal.err(await noAttempts(flags, place));
  if (!follower) return 0;
  const last = BigInt(shown.at(-1)?.id ?? "0");
  const { process } = context;
  void stopRequested({ source: process, now: () => performance.now(), quit: () => process.exit(130) }).then(
    follower.stop,
  );
  for await (const attempt of follower.attempts) {
    if (BigInt(attempt.id) > last && selection.includes(attempt)) print(attempt, flags, context);
  }
  return 0;
};

/** Connects before the history is read, so no attempt is missed in between. */
async function read(
  emulator: EmulatorApi,
  selection: AttemptSelection,
  { limit, flags }: { readonly limit: number; readonly flags: GivenFlags },
): Promise<{ readonly follower: Follower | undefined; readonly shown: readonly AttemptJson[] }> {
  const follower = flags.has("follow") ? await followFrom(emulator, selection.query, flags.has("json")) : undefined;
  return { follower, shown: await newestAttempts(emulator, selection, limit) };
}

interface Follower {
  readonly attempts: AsyncIterable<AttemptJson>;
  readonly stop: () => void;
}

async function followFrom(emulator: EmulatorApi, query: AttemptSelection["query"], isJson: boolean): Promise<Follower> {
  const controller = new AbortController();
  const { signal } = controller;
  const response = await emulator.open("/inspect/events", { types: "attempt", ...query }, { signal });
  return { attempts: finished(emulator, response, { signal, isJson }), stop: () => controller.abort() };
}

async function* finished(
  emulator: EmulatorApi,
  response: Response,
  { signal, isJson }: { readonly signal: AbortSignal; readonly isJson: boolean },
): AsyncGenerator<AttemptJson> {
  try {
    for await (const { name, data } of readEvents(response)) {
      if (name === "dropped")
        throw new CommandFailure("the emulator disconnected: attempts finish faster than they are read");
      const event = data as AttemptJson;
      if (name !== "attempt" || event.phase !== "finished") continue;
      // The event has neither the request nor the answer. The line of a success shows neither.
      const isComplete = event.outcome === "succeeded" && !event.discarded && !isJson;
      yield isComplete ? event : await emulator.get<AttemptJson>(`/inspect/attempts/${event.id}`);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  if (!signal.aborted) throw new CommandFailure(`the emulator at ${emulator.url.host} ended`);
}

function print(attempt: AttemptJson, flags: GivenFlags, { terminal }: CommandContext): void {
  terminal.out(flags.has("json") ? JSON.stringify(attempt) : attemptText(attempt, terminal));
}
