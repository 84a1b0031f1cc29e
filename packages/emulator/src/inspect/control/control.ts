import type { IncomingMessage, ServerResponse } from "node:http";
import { type Duration, durationMs, LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkClockTime } from "../../clock/check-clock-time.ts";
import type { Fault, PlacedFault } from "../../faults/fault.ts";
import { parseObject } from "../../http/parse-body.ts";
import { readBody } from "../../http/read-body.ts";
import { invalidArgument, RpcError } from "../../service/rpc-error.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { AdvanceJson, FaultJson, FaultsJson, IdleJson, ResetJson } from "../types/control-types.ts";
import { countAttempts } from "./count-attempts.ts";

/** A request below `/control/`. */
export interface ControlRequest {
  readonly parts: InspectParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers POST /control/reset. */
export async function controlReset({ parts, request }: ControlRequest): Promise<object> {
  const { clock = false } = await fieldsOf<ResetJson>(request, ["clock"]);
  if (typeof clock !== "boolean") throw invalidArgument("clock: expected true or false");
  const tasks = [...parts.engine.queues.values()].reduce((sum, queue) => sum + queue.tasks.size, 0);
  await parts.controls.reset({ clock });
  return { tasks, queues: [...parts.engine.queues.keys()], now: rfc3339(parts.clock.now()) };
}

/** Answers POST /control/idle. */
export async function controlIdle({ parts, request, response }: ControlRequest): Promise<object> {
  const { timeout } = await fieldsOf<IdleJson>(request, ["timeout"]);
  const disconnected = whenDisconnected(response);
  if (timeout === undefined) {
    return { attempts: await countAttempts(parts.events, () => parts.controls.idle(disconnected)) };
  }
  const timedOut = AbortSignal.timeout(Math.min(Math.ceil(durationOf("timeout", timeout)), LONGEST_TIMER_MS));
  const signal = AbortSignal.any([disconnected, timedOut]);
  const attempts = await countAttempts(parts.events, () => parts.controls.idle(signal));
  if (!timedOut.aborted) return { attempts };
  const inFlight = parts.driver.running().length;
  throw new RpcError(
    "DEADLINE_EXCEEDED",
    `The emulator is not idle after ${JSON.stringify(timeout)}; attempts in flight: ${inFlight}.`,
  );
}

/** Answers POST /control/advance. */
export async function controlAdvance({ parts, request, response }: ControlRequest): Promise<object> {
  const { by, targetTimeout } = await fieldsOf<AdvanceJson>(request, ["by", "targetTimeout"]);
  const byMs = durationOf("by", by);
  withInvalidArgument(() => checkClockTime(parts.clock.now() + byMs, "by"));
  const options = targetTimeout === undefined ? {} : { targetTimeout: durationOf("targetTimeout", targetTimeout) };
  const disconnected = whenDisconnected(response);
  const attempts = await countAttempts(parts.events, () => parts.controls.advance(byMs, options, disconnected));
  return { now: rfc3339(parts.clock.now()), attempts };
}

/** Answers POST /control/faults. */
export async function addFault({ parts, request }: ControlRequest): Promise<FaultJson> {
  const fault: object = parseObject(await readBody(request));
  try {
    return withInvalidArgument(() => faultJson(parts.faults.add(fault as Fault)));
  } catch (error) {
    throw error instanceof RangeError ? new RpcError("RESOURCE_EXHAUSTED", error.message) : error;
  }
}

/** Answers GET /control/faults. */
export function listFaults({ parts }: ControlRequest): FaultsJson {
  return { faults: parts.faults.list().map(faultJson) };
}

/** Answers DELETE /control/faults. */
export function clearFaults({ parts }: ControlRequest): object {
  parts.faults.clear();
  return {};
}

/** Answers DELETE /control/faults/{id}. */
export function removeFault({ parts }: ControlRequest, id: string): object {
  const placed = parts.faults.list().find((each) => each.id === id);
  if (!placed) throw new RpcError("NOT_FOUND", `No fault ${JSON.stringify(id)}.`);
  placed.remove();
  return {};
}

function faultJson({ id, fault, fired, isUsedUp }: PlacedFault): FaultJson {
  return { id, fault, fired, isUsedUp };
}

/** Returns a signal that aborts if the client disconnects before it was answered. */
function whenDisconnected(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on("close", () => controller.abort());
  return controller.signal;
}

/** @throws RpcError if the body has a field that is not in `allowed` */
async function fieldsOf<T extends object>(
  request: IncomingMessage,
  allowed: readonly (keyof T & string)[],
): Promise<{ readonly [K in keyof T]?: unknown }> {
  const fields: Readonly<Record<string, unknown>> = parseObject(await readBody(request));
  const unknown = Object.keys(fields).find((name) => !allowed.some((field) => field === name));
  if (unknown === undefined) return fields as { readonly [K in keyof T]?: unknown };
  throw invalidArgument(`${unknown} is not a field of this request; its fields are: ${allowed.join(", ") || "none"}`);
}

function durationOf(name: string, value: unknown): number {
  return withInvalidArgument(() => durationMs(value as Duration, name));
}

/** Converts a TypeError, which reports misuse in JavaScript, into INVALID_ARGUMENT for the HTTP client. */
function withInvalidArgument<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof TypeError ? invalidArgument(error.message) : error;
  }
}
