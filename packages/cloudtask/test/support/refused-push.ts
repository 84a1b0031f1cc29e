import { apiServer, clientOf } from "./api-server.ts";
import { failureOf } from "./failure.ts";

/**
 * Pushes a task with options that must be refused.
 *
 * @param options - the push's
 * @returns what it was refused with, and how many requests had been sent by then
 */
export async function refusedPush(
  options: Record<string, unknown>,
): Promise<{ readonly error: Error; readonly sent: number }> {
  const api = await apiServer();
  const task = clientOf(api).task("t", () => undefined);
  return { error: await failureOf(task().push(options)), sent: api.requests.length };
}
