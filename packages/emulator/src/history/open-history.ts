import type { ResolvedOptions } from "../options/resolve-options.ts";
import { AttemptHistory, byteLimit } from "./attempt-history.ts";
import type { History } from "./history.ts";
import { Journal } from "./journal.ts";

/**
 * @param options - how much to keep, and where: without a directory, in memory alone
 * @returns the history, with what it kept before
 * @throws what the file system said
 */
export async function openHistory({
  history,
  dataDir,
}: Pick<ResolvedOptions, "history" | "dataDir">): Promise<History> {
  if (dataDir === undefined || history.attempts === 0) return new AttemptHistory(history);
  const limits = { attempts: history.attempts, bytes: byteLimit(history) };
  const { journal, found } = await Journal.open(dataDir, limits);
  return new AttemptHistory(history, journal, found);
}
