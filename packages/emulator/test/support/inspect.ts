import type { Emulator } from "@cloudtask/emulator";
import { expect } from "vitest";

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** An answer of `/inspect/` or `/control/`. */
export interface InspectAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** Sends GET /inspect/{path}. */
export async function get(emulator: Emulator, path: string): Promise<InspectAnswer> {
  return answerOf(await fetch(`${emulator.url}/inspect/${path}`));
}

/** Sends a request to /control/{path}. An object is sent as JSON. */
export async function control(
  emulator: Emulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<InspectAnswer> {
  const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  return answerOf(await fetch(`${emulator.url}/control/${path}`, { method, ...init }));
}

async function answerOf(response: Response): Promise<InspectAnswer> {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

/** Returns the ids of a list of tasks. */
export async function idsOf(emulator: Emulator, query: string): Promise<unknown[]> {
  const { status, body } = await get(emulator, `tasks?${query}`);
  expect(status).toBe(200);
  return (body.tasks as readonly Json[]).map(({ id }) => id);
}
