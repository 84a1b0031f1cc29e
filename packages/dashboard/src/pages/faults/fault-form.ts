import { formatCount, plural } from "../../format/format.ts";
import type { FaultJson } from "../../source/json.ts";

interface FaultKind {
  readonly name: string;
  readonly title: string;
  readonly fault: Readonly<Record<string, unknown>>;
}

/** The kind for which the form has a field with the status. */
export const STATUS_KIND = "status";

/** The faults that the form offers. */
export const KINDS: readonly FaultKind[] = [
  { name: "503", title: "Deliveries are answered 503", fault: { on: "delivery", status: 503 } },
  { name: STATUS_KIND, title: "Deliveries are answered with a status", fault: { on: "delivery" } },
  { name: "lost", title: "The worker's answer is lost", fault: { on: "delivery", drop: "response" } },
  { name: "unsent", title: "The request never arrives", fault: { on: "delivery", drop: "request" } },
  { name: "twice", title: "Deliveries arrive twice", fault: { on: "delivery", twice: true } },
  { name: "late", title: "Deliveries are 5 s late", fault: { on: "delivery", delay: "5s" } },
  { name: "unavailable", title: "CreateTask answers UNAVAILABLE", fault: { on: "CreateTask", status: "UNAVAILABLE" } },
  {
    name: "unsure",
    title: "CreateTask works, but its answer is lost",
    fault: { on: "CreateTask", drop: true, after: true },
  },
];

/** Whether faults of a kind affect deliveries. Only those can be limited to a queue. */
export function isOfDeliveries(kindName: string): boolean {
  return kindOf(kindName)?.fault.on === "delivery";
}

/**
 * Returns the fault that a form describes.
 *
 * @throws Error for an invalid number
 */
export function faultOf(form: Pick<FormData, "get">): object {
  const kindName = String(form.get("kind"));
  const queue = String(form.get("queue") ?? "");
  return {
    ...kindOf(kindName)?.fault,
    ...(kindName === STATUS_KIND ? { status: statusOf(String(form.get("status"))) } : {}),
    times: timesOf(String(form.get("times") ?? "1").trim()),
    ...(queue === "" ? {} : { queue }),
  };
}

function kindOf(kindName: string): FaultKind | undefined {
  return KINDS.find(({ name }) => name === kindName);
}

/** Describes a fault, also one that was added elsewhere. */
export function faultText(fault: object): string {
  const { times, queue, on, ...effect } = fault as Readonly<Record<string, unknown>>;
  const kind = KINDS.find((each) => JSON.stringify(each.fault) === JSON.stringify({ on, ...effect }));
  const title = kind?.title ?? otherText(String(on), effect);
  return queue === undefined ? title : `${title}, in the queue ${String(queue)}`;
}

/** Describes how often a fault applies, and how often it has applied, for example `applied 2 of 3 times`. */
export function faultUse({ fault, fired, isUsedUp }: FaultJson): string {
  const { times = 1 } = fault as { readonly times?: number | "always" };
  if (times === "always") return `applies always, ${fired === 1 ? "once" : `${formatCount(fired)} times`} so far`;
  const use = `applied ${formatCount(fired)} of ${plural(times, "time")}`;
  return isUsedUp ? `over: ${use}` : use;
}

function otherText(on: string, effect: Readonly<Record<string, unknown>>): string {
  const isStatus = on === "delivery" && Object.keys(effect).join() === "status";
  return isStatus ? `Deliveries are answered ${String(effect.status)}` : `${on}: ${JSON.stringify(effect)}`;
}

function statusOf(text: string): number {
  const status = Number(text);
  if (Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw new Error(`Status: expected an HTTP status from 200 to 599; received “${text}”`);
}

function timesOf(text: string): number | "always" {
  if (text === "always") return text;
  const times = Number(text);
  if (Number.isInteger(times) && times > 0) return times;
  throw new Error(`How often: expected a positive integer or “always”; received “${text}”`);
}
