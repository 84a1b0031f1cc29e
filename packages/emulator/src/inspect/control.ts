import type { IncomingMessage, ServerResponse } from "node:http";
import { type Duration, durationMs, LONGEST_TIMER_MS } from "cloudtask/internal";
import { checkTurn } from "../clock/check-turn.ts";
import type { Fault, PlacedFault } from "../faults/fault.ts";
import { parseBody } from "../http/parse-body.ts";
import { readBody } from "../http/read-body.ts";
import { invalidArgument, RpcError } from "../service/rpc-error.ts";
import type { InspectParts } from "./inspect-parts.ts";
import type { AdvanceJson, FaultJson, FaultsJson, IdleJson } from "./inspect-types.ts";
import { rfc3339 } from "./rfc3339.ts";

/** A request to control the emulator. */
export interface ControlRequest {
  readonly parts: InspectParts;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** POST /control/reset */
export async function controlReset({ parts, request }: ControlRequest): Promise<object> {
  await fieldsOf<object>(request, []);
  await parts.controls.reset();
  return {};
}

/** POST /control/idle */
export async function controlIdle({ parts, request, response }: ControlRequest): Promise<object> {
  const { timeout } = await fieldsOf<IdleJson>(request, ["timeout"]);
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  if (timeout === undefined) {
    await parts.controls.idle(gone.signal);
    return {};
  }
  const late = AbortSignal.timeout(Math.min(Math.ceil(durationOf("timeout", timeout)), LONGEST_TIMER_MS));
  await parts.controls.idle(AbortSignal.any([gone.signal, late]));
  if (!late.aborted) return {};
  const inFlight = parts.driver.running().length;
  throw new RpcError(
    "DEADLINE_EXCEEDED",
    `The emulator is not idle after ${JSON.stringify(timeout)}; attempts in flight: ${inFlight}.`,
  );
}

/** POST /control/advance */
export async function controlAdvance({ parts, request }: ControlRequest): Promise<object> {
  const { by, targetTimeout } = await fieldsOf<AdvanceJson>(request, ["by", "targetTimeout"]);
  const byMs = durationOf("by", by);
  asCall(() => checkTurn(parts.clock.now() + byMs, "by"));
  const options = targetTimeout === undefined ? {} : { targetTimeout: durationOf("targetTimeout", targetTimeout) };
  await parts.controls.advance(byMs, options);
  return { now: rfc3339(parts.clock.now()) };
}

/** POST /control/faults */
export async function addFault({ parts, request }: ControlRequest): Promise<FaultJson> {
  const fault: object = parseBody(await readBody(request));
  return asCall(() => faultJson(parts.faults.add(fault as Fault)));
}

/** GET /control/faults */
export function listFaults({ parts }: ControlRequest): FaultsJson {
  return { faults: parts.faults.list().map(faultJson) };
}

/** DELETE /control/faults */
export function clearFaults({ parts }: ControlRequest): object {
  parts.faults.clear();
  return {};
}

/** DELETE /control/faults/{id} */
export function removeFault({ parts }: ControlRequest, id: string): object {
  const placed = parts.faults.list().find((each) => each.id === id);
  if (!placed) throw new RpcError("NOT_FOUND", `No fault ${JSON.stringify(id)}.`);
  placed.remove();
  return {};
}

function faultJson({ id, fault, fired, isUsedUp }: PlacedFault): FaultJson {
  return { id, fault, fired, isUsedUp };
}

/** @throws RpcError for a field that is none of these */
async function fieldsOf<T extends object>(
  request: IncomingMessage,
  known: readonly (keyof T & string)[],
): Promise<{ readonly [K in keyof T]?: unknown }> {
  const fields: Readonly<Record<string, unknown>> = parseBody(await readBody(request));
  const unknown = Object.keys(fields).find((name) => !known.some((field) => field === name));
  if (unknown === undefined) return fields as { readonly [K in keyof T]?: unknown };
  throw invalidArgument(`${unknown}: no field of this request, which has ${known.join(", ") || "none"}`);
}

function durationOf(name: string, value: unknown): number {
  return asCall(() => durationMs(value as Duration, name));
}

/** What is misuse inside a process is a bad argument from outside. */
function asCall<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof TypeError ? invalidArgument(error.message) : error;
  }
}
