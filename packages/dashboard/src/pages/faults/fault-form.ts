interface FaultKind {
  readonly name: string;
  readonly title: string;
  readonly fault: Readonly<Record<string, unknown>>;
}

/** The faults that the form offers. */
export const KINDS: readonly FaultKind[] = [
  { name: "503", title: "Deliveries are answered 503", fault: { on: "delivery", status: 503 } },
  { name: "500", title: "Deliveries are answered 500", fault: { on: "delivery", status: 500 } },
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

/**
 * Returns the fault that a form describes.
 *
 * @throws Error for an invalid number
 */
export function faultOf(form: Pick<FormData, "get">): object {
  const kind = KINDS.find(({ name }) => name === form.get("kind"));
  const queue = String(form.get("queue") ?? "").trim();
  const isDelivery = kind?.fault.on === "delivery";
  if (queue !== "" && !isDelivery) throw new Error("Only faults of deliveries can be limited to a queue.");
  return {
    ...kind?.fault,
    times: timesOf(String(form.get("times") ?? "1").trim()),
    ...(queue === "" ? {} : { queue }),
  };
}

/** Describes a fault, also one that was placed elsewhere. */
export function faultText(fault: object): string {
  const { times = 1, queue, on, ...effect } = fault as Readonly<Record<string, unknown>>;
  const kind = KINDS.find((each) => JSON.stringify(each.fault) === JSON.stringify({ on, ...effect }));
  const title = kind?.title ?? `${String(on)}: ${JSON.stringify(effect)}`;
  const often = times === "always" ? "always" : times === 1 ? "once" : `${String(times)} times`;
  return `${title}, ${often}${queue === undefined ? "" : `, in ${String(queue)}`}`;
}

function timesOf(text: string): number | "always" {
  if (text === "always") return text;
  const times = Number(text);
  if (Number.isInteger(times) && times > 0) return times;
  throw new Error(`How often: expected a positive integer or “always”; received “${text}”`);
}
