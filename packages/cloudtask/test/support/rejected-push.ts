import { apiServer, clientOf } from "./api-server.ts";
import { failureOf } from "./failure.ts";

/** Pushes a task with invalid options. Returns the error, and the number of requests sent before it. */
export async function rejectedPush(
  options: Record<string, unknown>,
): Promise<{ readonly error: Error; readonly sent: number }> {
  const api = await apiServer();
  const task = clientOf(api).task("t", () => undefined);
  return { error: await failureOf(task().push(options)), sent: api.requests.length };
}
