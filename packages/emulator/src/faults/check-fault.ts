import { type Duration, durationMs, httpStatusOf, type RpcStatus, rpcStatusName } from "cloudtask/internal";
import { rpcNames } from "./fault.ts";

/** The effect of a checked fault. */
export type Effect =
  | { readonly kind: "status"; readonly status: RpcStatus; readonly message: string }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "drop"; readonly part: "call" | "request" | "response" }
  | { readonly kind: "twice" }
  | { readonly kind: "answer"; readonly status: number };

/** A validated fault with every default filled in. */
export interface CheckedFault {
  /** `delivery`, `*` for all calls, or the name of a call. */
  readonly on: string;
  readonly after: boolean;
  readonly effect: Effect;
  readonly queue: string | undefined;
  readonly task: string | undefined;
  /** Infinite for `"always"`. */
  readonly times: number;
  readonly probability: number;
  readonly seed: number;
}

type Fields = Readonly<Record<string, unknown>>;

const common = ["on", "times", "probability", "seed"];
const callEffects = ["status", "delay", "drop"];
const deliveryEffects = ["status", "twice", "delay", "drop"];
const callFields = [...common, "after", "message", ...callEffects];
const deliveryFields = [...common, "queue", "task", ...deliveryEffects];

/** The names of the google.rpc error codes, in order of their numbers. */
const statuses: readonly string[] = Array.from({ length: 17 }, (_, code) => rpcStatusName(code)).slice(1);

/**
 * Validates a fault.
 *
 * @param value - a value of any type
 * @throws TypeError that names the invalid field
 */
export function checkFault(value: unknown): CheckedFault {
  if (typeof value !== "object" || value === null)
    throw invalidField("fault", 'an object such as { on: "CreateTask", drop: true }', value);
  const fields: Fields = Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
  const { on } = fields;
  const isValid = typeof on === "string" && ["delivery", "*", ...rpcNames].includes(on);
  if (!isValid) throw invalidField("on", `"delivery", "*" or one of ${rpcNames.join(", ")}`, on);
  const isDelivery = on === "delivery";
  checkFieldNames(fields, isDelivery);
  return {
    on,
    effect: isDelivery ? deliveryEffect(fields) : callEffect(fields),
    after: flag(fields, "after"),
    queue: text(fields, "queue"),
    task: text(fields, "task"),
    ...limits(fields),
  };
}

function checkFieldNames(fields: Fields, isDelivery: boolean): void {
  const allowed = isDelivery ? deliveryFields : callFields;
  const unknown = Object.keys(fields).find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    const kind = isDelivery ? "delivery" : "call";
    throw new TypeError(
      `faults.add: ${unknown} is not a field of a ${kind} fault; its fields are ${allowed.join(", ")}`,
    );
  }
  const effects = isDelivery ? deliveryEffects : callEffects;
  const present = effects.filter((name) => Object.hasOwn(fields, name));
  if (present.length === 1) return;
  const received = present.length === 0 ? "none" : present.join(" and ");
  throw new TypeError(`faults.add: expected exactly one of ${effects.join(", ")}; received ${received}`);
}

function callEffect(fields: Fields): Effect {
  if (fields.status !== undefined) return statusEffect(fields);
  if (fields.message !== undefined) throw new TypeError("faults.add: message requires status");
  if (fields.delay !== undefined) return delayEffect(fields);
  if (fields.drop !== true) throw invalidField("drop", "true", fields.drop);
  return { kind: "drop", part: "call" };
}

function statusEffect({ status, message }: Fields): Effect {
  if (typeof status !== "string" || !statuses.includes(status)) {
    throw invalidField("status", `one of ${statuses.join(", ")}`, status);
  }
  const code = status as RpcStatus;
  const customMessage = text({ message }, "message");
  return {
    kind: "status",
    status: code,
    message: customMessage ?? `${code} (${httpStatusOf(code)}), caused by a fault of the emulator.`,
  };
}

function deliveryEffect(fields: Fields): Effect {
  if (fields.status !== undefined) return answerEffect(fields);
  if (fields.delay !== undefined) return delayEffect(fields);
  if (fields.twice === true) return { kind: "twice" };
  if (fields.twice !== undefined) throw invalidField("twice", "true", fields.twice);
  const { drop } = fields;
  if (drop === "request" || drop === "response") return { kind: "drop", part: drop };
  throw invalidField("drop", '"request" or "response"', drop);
}

function answerEffect({ status }: Fields): Effect {
  const isStatus = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
  if (!isStatus) throw invalidField("status", "an HTTP status from 200 to 599", status);
  return { kind: "answer", status: Number(status) };
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
  if (!isCount && times !== "always") throw invalidField("times", 'an integer of at least 1, or "always"', times);
  if (typeof probability !== "number" || !(probability > 0 && probability <= 1)) {
    throw invalidField("probability", "a number greater than 0 and at most 1", probability);
  }
  if (typeof seed !== "number" || !Number.isFinite(seed)) throw invalidField("seed", "a number", seed);
  return { times: times === "always" ? Number.POSITIVE_INFINITY : Number(times), probability, seed };
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  throw invalidField(name, "a non-empty string", value);
}

function flag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === "boolean") return value;
  throw invalidField(name, "true or false", value);
}

function invalidField(field: string, expected: string, received: unknown): TypeError {
  const text = received === undefined ? "nothing" : (JSON.stringify(received) ?? String(received));
  return new TypeError(`faults.add: ${field}: expected ${expected}; received ${text}`);
}
