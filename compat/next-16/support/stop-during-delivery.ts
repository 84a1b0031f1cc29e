import { expect } from "vitest";
import type { ServerProcess } from "./node-process.ts";

/** The end of a server. */
interface Stopped {
  /** The status of the delivery that ran when the signal arrived. */
  readonly status: number;
  readonly exitCode: number | null;
  /** The lines that it printed after the start of the delivery. */
  readonly lines: readonly string[];
}

/** Sends SIGTERM to a server while it runs the task `slow`, and waits for its end. */
export async function stopDuringDelivery(server: ServerProcess): Promise<Stopped> {
  const headers = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret-key" };
  const answer = fetch(`${server.origin}/tasks/run`, { method: "POST", headers, body: '{"task":"slow"}' });
  await expect.poll(server.printed, { interval: 5 }).toContain("delivery started\n");
  const exit = server.stop();
  const { status } = await answer;
  const exitCode = await exit;
  const [, after = ""] = server.printed().split("delivery started\n");
  return { status, exitCode, lines: after.trim().split("\n") };
}
