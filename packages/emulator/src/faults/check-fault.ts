import { type Duration, durationMs, httpStatusOf, type RpcStatus, rpcStatusName } from "cloudtask/internal";
import { rpcNames } from "./fault.ts";

/** What a fault does, once it was checked. */
export type Effect =
  | { readonly kind: "status"; readonly status: RpcStatus; readonly message: string }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "drop"; readonly what: "call" | "request" | "response" }
  | { readonly kind: "twice" };

/** A fault that was checked, with every default filled in. */
export interface CheckedFault {
  /** `delivery`, `*`, or the name of a call. */
  readonly on: string;
  readonly after: boolean;
  readonly effect: Effect;
  readonly queue: string | undefined;
  readonly task: string | undefined;
  /** Infinite for always. */
  readonly times: number;
  readonly probability: number;
  readonly seed: number;
}

type Fields = Readonly<Record<string, unknown>>;

const common = ["on", "times", "probability", "seed"];
const callEffects = ["status", "delay", "drop"];
const deliveryEffects = ["twice", "delay", "drop"];
const ofCalls = [...common, "after", "message", ...callEffects];
const ofDeliveries = [...common, "queue", "task", ...deliveryEffects];

/** The codes of google.rpc, by their numbers. */
const statuses: readonly string[] = Array.from({ length: 17 }, (_, code) => rpcStatusName(code)).slice(1);

/**
 * @param value - whatever was given as a fault
 * @throws TypeError where it is none, naming the field
 */
export function checkFault(value: unknown): CheckedFault {
  if (typeof value !== "object" || value === null)
    throw wrong("a fault", 'an object such as { on: "CreateTask" }', value);
  const fields: Fields = Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
  const { on } = fields;
  const isKnown = typeof on === "string" && ["delivery", "*", ...rpcNames].includes(on);
  if (!isKnown) throw wrong("on", `"delivery", "*" or the name of a call, which are ${rpcNames.join(", ")}`, on);
  const isDelivery = on === "delivery";
  checkNames(fields, isDelivery);
  return {
    on,
    effect: isDelivery ? deliveryEffect(fields) : callEffect(fields),
    after: flag(fields, "after"),
    queue: text(fields, "queue"),
    task: text(fields, "task"),
    ...limits(fields),
  };
}

function checkNames(fields: Fields, isDelivery: boolean): void {
  const known = isDelivery ? ofDeliveries : ofCalls;
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const whose = isDelivery ? "a delivery" : "a call";
    throw new TypeError(`faults.add: ${unknown}: no field of a fault of ${whose}, which has ${known.join(", ")}`);
  }
  const effects = isDelivery ? deliveryEffects : callEffects;
  const given = effects.filter((name) => Object.hasOwn(fields, name));
  if (given.length === 1) return;
  const what = given.length === 0 ? "none of them" : given.join(" and ");
  throw new TypeError(`faults.add: expected one of ${effects.join(", ")}; received ${what}`);
}

function callEffect(fields: Fields): Effect {
  if (fields.status !== undefined) return statusEffect(fields);
  if (fields.message !== undefined)
    throw new TypeError("faults.add: message: only an error has one, so status is missing");
  if (fields.delay !== undefined) return delayEffect(fields);
  if (fields.drop !== true) throw wrong("drop", "true", fields.drop);
  return { kind: "drop", what: "call" };
}

function statusEffect({ status, message }: Fields): Effect {
  if (typeof status !== "string" || !statuses.includes(status)) {
    throw wrong("status", `one of ${statuses.join(", ")}`, status);
  }
  const code = status as RpcStatus;
  const given = text({ message }, "message");
  return { kind: "status", status: code, message: given ?? `${code} (${httpStatusOf(code)}), as a fault asks for.` };
}

function deliveryEffect(fields: Fields): Effect {
  if (fields.delay !== undefined) return delayEffect(fields);
  if (fields.twice === true) return { kind: "twice" };
  if (fields.twice !== undefined) throw wrong("twice", "true", fields.twice);
  const { drop } = fields;
  if (drop === "request" || drop === "response") return { kind: "drop", what: drop };
  throw wrong("drop", '"request" or "response"', drop);
}

function delayEffect({ delay }: Fields): Effect {
  return { kind: "delay", ms: durationMs(delay as Duration, "faults.add: delay") };
}

function limits({
  times = 1,
  probability = 1,
  seed = 1,
}: Fields): Pick<CheckedFault, "times" | "probability" | "seed"> {
  const isCount = Number.isInteger(times) && Number(times) > 0;
  if (!isCount && times !== "always") throw wrong("times", 'an integer, 1 or more, or "always"', times);
  if (typeof probability !== "number" || !(probability > 0 && probability <= 1)) {
    throw wrong("probability", "a number, more than 0 and at most 1", probability);
  }
  if (typeof seed !== "number" || !Number.isFinite(seed)) throw wrong("seed", "a number", seed);
  return { times: times === "always" ? Number.POSITIVE_INFINITY : Number(times), probability, seed };
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  throw wrong(name, "a text that is not empty", value);
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === "boolean") return value;
  throw wrong(name, "true or false", value);
}

function wrong(what: string, expected: string, received: unknown): TypeError {
  const shown = received === undefined ? "nothing" : (JSON.stringify(received) ?? String(received));
  return new TypeError(`faults.add: ${what}: expected ${expected}; received ${shown}`);
}
