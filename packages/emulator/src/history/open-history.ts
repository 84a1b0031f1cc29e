import type { ResolvedOptions } from "../options/resolve-options.ts";
import { AttemptHistory, byteLimit } from "./attempt-history.ts";
import type { History } from "./history.ts";
import { Journal } from "./journal.ts";
import type { SecretNames } from "./masking/secret-names.ts";

/**
 * Opens the history of an emulator, with the attempts stored in its data directory. Without a data directory, the history is kept
 * in memory only.
 *
 * @param names - the names that mark a secret
 * @throws the error of the file system
 */
export async function openHistory(
  { history, dataDir }: Pick<ResolvedOptions, "history" | "dataDir">,
  names: SecretNames,
): Promise<History> {
  if (dataDir === undefined || history.attempts === 0) return new AttemptHistory(history, { names });
  const limits = { attempts: history.attempts, bytes: byteLimit(history) };
  const { journal, found } = await Journal.open(dataDir, limits);
  return new AttemptHistory(history, { names, journal, stored: found });
}
