import { readFileSync } from "node:fs";
import { CloudTaskClient } from "cloudtask";
import { type Admin, createAdmin } from "cloudtask/admin";
import type { CommandContext } from "../command-line/command-spec.ts";
import { UsageError } from "../usage-error.ts";
import { argumentPosition } from "../values/position.ts";
import { duration } from "../values/readers.ts";
import type { Place } from "./open-place.ts";

/** The worker that tasks are pushed to, and its credentials. */
export interface PushTarget {
  readonly url: string;
  readonly queue: string | undefined;
  readonly serviceAccount: string | undefined;
  /** The path of a file with the secret. */
  readonly secretFile: string | undefined;
}

/** Creates a client that pushes tasks for a worker. @throws UsageError if the secret cannot be read */
export function pushClient({ connection }: Place, target: PushTarget): CloudTaskClient {
  const { url, queue = "default", serviceAccount, secretFile } = target;
  return new CloudTaskClient({
    ...connection,
    url,
    queue,
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(secretFile === undefined ? {} : { secret: readSecret(secretFile) }),
  });
}

/** Creates an admin whose redrives replace the secrets of tasks. It is closed when the command ends. @throws UsageError if the secret cannot be read */
export function adminWithSecret({ connection }: Place, secretFile: string, { atEnd }: CommandContext): Admin {
  const client = new CloudTaskClient({ ...connection, url: undefined, secret: readSecret(secretFile) });
  atEnd(() => client.close());
  return createAdmin(client);
}

/** The time of a push: at most one of both. */
export interface PushSchedule {
  readonly delay?: ReturnType<typeof duration>;
  readonly at?: Date;
}

/**
 * Reads the time of a push.
 *
 * @param prefix - the prefix of the names in messages, `--` on the command line
 * @throws UsageError for an invalid duration, and for a time without an offset
 */
export function pushSchedule(
  { delay, at }: { readonly delay: string | undefined; readonly at: string | undefined },
  prefix = "--",
): PushSchedule {
  if (delay !== undefined) return { delay: duration(delay, argumentPosition(`${prefix}delay`)) };
  if (at === undefined) return {};
  const time = new Date(at);
  // A time without an offset would depend on the time zone of the machine.
  if (Number.isNaN(time.getTime()) || !/(?:Z|[+-]\d\d:?\d\d)$/i.test(at)) {
    throw new UsageError(`${prefix}at: expected a time such as 2030-01-31T08:00:00Z; received ${JSON.stringify(at)}`);
  }
  return { at: time };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new UsageError(`--secret-file ${file}: the file cannot be read`, { cause });
  }
}
