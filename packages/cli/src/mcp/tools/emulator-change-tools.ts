import { z } from "zod";
import { emulatorOf, type McpTool, tool } from "../mcp-tool.ts";

const only = "emulator";

/** Most clients abort a call after a minute, unless it is configured. */
const MAX_WAIT_SECONDS = 240;

const advanceClock = tool({
  name: "advance_clock",
  title: "Advance the clock",
  description:
    "Advances the clock of the emulator, and runs the tasks that become due, retries included. Returns the new time and the number of finished attempts.",
  ...{ only, effect: "change" },
  input: z.strictObject({
    by: z.string().optional().describe("A duration such as 30s, 10m or 1h"),
    to: z.string().optional().describe("A time such as 2030-01-01T12:00:00Z, instead of by"),
  }),
  run: (body, context) => control(context, "advance", { body }),
});

const waitUntilIdle = tool({
  name: "wait_until_idle",
  title: "Wait until idle",
  description:
    "Waits until no task is due and no attempt is in flight, and returns the number of attempts that finished meanwhile. Tasks that are scheduled for later, such as retries, do not count: use advance_clock for them.",
  ...{ only, effect: "read" },
  input: z.strictObject({
    timeout_seconds: z.int().min(1).max(MAX_WAIT_SECONDS).default(30).describe("After that, the call fails"),
  }),
  run: ({ timeout_seconds: seconds }, context) => control(context, "idle", { body: { timeout: `${seconds}s` } }),
});

const placeFault = tool({
  name: "place_fault",
  title: "Place a fault",
  description:
    'Makes API calls or deliveries fail, to test how an application behaves. Set on and exactly one of status, delay, drop and twice. Examples: {"on":"delivery","status":503,"times":3}, {"on":"CreateTask","status":"UNAVAILABLE"}, {"on":"delivery","drop":"response"}.',
  ...{ only, effect: "change" },
  input: z.strictObject({
    on: z.string().describe("delivery, the name of an API call such as CreateTask, or * for all calls"),
    status: z
      .union([z.string(), z.int()])
      .optional()
      .describe(
        "For a delivery, an HTTP status, which the target never sees; for a call, a status such as UNAVAILABLE",
      ),
    message: z.string().optional().describe("The message of the error of a call"),
    delay: z.string().optional().describe("How long to delay it, such as 2s"),
    drop: z
      .union([z.literal(true), z.enum(["request", "response"])])
      .optional()
      .describe("For a call, true; for a delivery, request or response: the part that is lost"),
    twice: z.literal(true).optional().describe("Deliver twice at the same time"),
    after: z.boolean().optional().describe("The call takes effect, and only its answer is affected"),
    queue: z.string().optional().describe("Only deliveries of this queue"),
    task: z.string().optional().describe("Only deliveries of this task, by its id or full name"),
    times: z
      .union([z.int().min(1), z.literal("always")])
      .optional()
      .describe("How often it applies (default 1)"),
    probability: z.number().optional().describe("The probability that it applies, above 0, at most 1"),
    seed: z.number().optional().describe("The seed of the random numbers for probability"),
  }),
  run: (body, context) => control(context, "faults", { body }),
});

const liftFaults = tool({
  name: "lift_faults",
  title: "Lift faults",
  description: "Removes one fault by its id, or all faults.",
  ...{ only, effect: "change", isIdempotent: true },
  input: z.strictObject({ id: z.string().min(1).optional() }),
  run: ({ id }, context) =>
    control(context, id === undefined ? "faults" : `faults/${encodeURIComponent(id)}`, { method: "DELETE" }),
});

/** Tools for the clock and the faults of an emulator. */
export const emulatorChangeTools: readonly McpTool[] = [advanceClock, waitUntilIdle, placeFault, liftFaults];

async function control(
  context: Parameters<McpTool["run"]>[1],
  name: string,
  call: { readonly method?: string; readonly body?: object },
): Promise<object> {
  return Object(await emulatorOf(context).control(name, { ...call, signal: context.signal }));
}
