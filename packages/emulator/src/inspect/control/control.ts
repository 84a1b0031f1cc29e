import type { IncomingMessage, ServerResponse } from "node:http";
import { LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkClockTime } from "../../clock/check-clock-time.ts";
import { invalidArgument, RpcError } from "../../service/rpc-error.ts";
import type { InspectParts } from "../inspect-parts.ts";
import { rfc3339 } from "../rfc3339.ts";
import type { AdvanceJson, IdleJson, ResetJson, TurnBackJson } from "../types/control-types.ts";
import { durationField, type Fields, fieldsOf, withInvalidArgument } from "./control-fields.ts";
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
  const timedOut = AbortSignal.timeout(Math.min(Math.ceil(durationField("timeout", timeout)), LONGEST_TIMER_MS));
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
  const fields = await fieldsOf<AdvanceJson>(request, ["by", "to", "targetTimeout"]);
  const { targetTimeout } = fields;
  const byMs = advanceOf(fields, parts.clock.now());
  withInvalidArgument(() => checkClockTime(parts.clock.now() + byMs, "by"));
  const options = targetTimeout === undefined ? {} : { targetTimeout: durationField("targetTimeout", targetTimeout) };
  const disconnected = whenDisconnected(response);
  const attempts = await countAttempts(parts.events, () => parts.controls.advance(byMs, options, disconnected));
  return { now: rfc3339(parts.clock.now()), attempts };
}

/** Answers POST /control/turn-back. */
export async function controlTurnBack({ parts, request }: ControlRequest): Promise<object> {
  await fieldsOf<TurnBackJson>(request, []);
  await parts.controls.turnBack();
  return { now: rfc3339(parts.clock.now()) };
}

/** @returns milliseconds; 0 if the time has passed */
function advanceOf({ by, to }: Fields<AdvanceJson>, now: number): number {
  if ((by === undefined) === (to === undefined)) throw invalidArgument("by, to: expected exactly one of them");
  if (to === undefined) return durationField("by", by);
  const time = typeof to === "string" ? Date.parse(to) : Number.NaN;
  if (!Number.isNaN(time)) return Math.max(0, time - now);
  throw invalidArgument(`to: expected a time such as 2030-01-01T12:00:00Z; received ${JSON.stringify(to)}`);
}

/** Returns a signal that aborts if the client disconnects before it was answered. */
export function whenDisconnected(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on("close", () => controller.abort());
  return controller.signal;
}
