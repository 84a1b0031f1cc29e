import type { ServerResponse } from "node:http";
import type { Emulator } from "@cloudtask/emulator";
import { expect } from "vitest";
import { get, type Json } from "./inspect.ts";
import type { Target } from "./target.ts";

/** Answers like our worker. */
export function failed(response: ServerResponse, message: string): void {
  response.writeHead(500, { "Content-Type": "application/json" }).end(JSON.stringify({ status: "error", message }));
}

/** The request of a task with a definition. */
export function httpRequest(target: Target, definition = "charge"): Json {
  return { url: target.url, headers: { "CloudTask-Name": definition } };
}

/** The groups of GET /inspect/failures. */
export async function groupsOf(emulator: Emulator, query = ""): Promise<readonly Json[]> {
  const { status, body } = await get(emulator, `failures${query}`);
  expect(status).toBe(200);
  return body.groups as readonly Json[];
}

/** The ids of the tasks that a group leads to. */
export async function tasksOf(
  emulator: Emulator,
  group: Json | undefined,
  state = "live,exhausted,discarded",
): Promise<unknown[]> {
  const ids: unknown[] = [];
  const selected = { answer: String(group?.answer), definition: String(group?.definition ?? "-"), state };
  let cursor = "";
  do {
    const { status, body } = await get(emulator, `tasks?${new URLSearchParams({ ...selected, cursor })}`);
    expect(status).toBe(200);
    ids.push(...(body.tasks as readonly Json[]).map(({ id }) => id));
    cursor = String(body.nextCursor ?? "");
  } while (cursor !== "");
  return ids;
}
