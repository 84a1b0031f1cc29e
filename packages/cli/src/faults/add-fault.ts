import { printableText } from "cloudtask/internal";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { jsonText } from "../output/json.ts";
import { invalidOption } from "../place/emulator-failure.ts";
import type { Place } from "../place/open-place.ts";
import { taskNameOf } from "../tasks/task-argument.ts";
import { UsageError } from "../usage-error.ts";
import { type FaultFields, type FaultJson, openFaults } from "./fault-json.ts";
import { effectText, scopeText, timesText } from "./fault-text.ts";

const EFFECTS = ["status", "delay", "drop", "twice"];
const ONLY_DELIVERIES = ["queue", "task", "twice"];
const ONLY_CALLS = ["after", "message"];

/** `cloudtask faults add`. */
export const addFault: Run = async (flags, context) => {
  checkOptions(flags);
  const place = await openFaults(flags, context);
  const body = faultOf(flags, place);
  const added = (await place.emulator.control("faults", { body }).catch((error: unknown) => {
    throw invalidOption(error, flags, { on: "ON" });
  })) as FaultJson;
  context.terminal.out(flags.has("json") ? jsonText(added) : printableText(addedText(added)));
  return 0;
};

function checkOptions(flags: GivenFlags): void {
  const isDelivery = flags.positionals[0] === "delivery";
  const misplaced = (isDelivery ? ONLY_CALLS : ONLY_DELIVERIES).find((name) => flags.has(name));
  if (misplaced !== undefined) {
    throw new UsageError(`--${misplaced} applies only to ${isDelivery ? "API calls" : "deliveries"}; remove it`);
  }
  if (!isDelivery && flags.text("drop")) {
    throw new UsageError("--drop of an API call has no value: it closes the connection; remove the value");
  }
  const effects = EFFECTS.filter((name) => flags.has(name)).map((name) => `--${name}`);
  if (effects.length === 1) return;
  const received = effects.length === 0 ? "none" : effects.join(" and ");
  throw new UsageError(`expected exactly one of --status, --delay, --drop and --twice; received ${received}`);
}

/** The emulator checks the values: it knows its calls and their statuses. */
function faultOf(flags: GivenFlags, place: Place): FaultFields {
  const [on = ""] = flags.positionals;
  const task = flags.text("task");
  const fields = {
    status: numberOrText(flags.text("status")),
    delay: flags.text("delay"),
    drop: flags.has("drop") ? flags.text("drop") || true : undefined,
    twice: flags.has("twice") || undefined,
    after: flags.has("after") || undefined,
    message: flags.text("message"),
    queue: flags.text("queue"),
    task: task === undefined ? undefined : taskNameOf(task, place),
    times: numberOrText(flags.text("times")),
    probability: numberOrText(flags.text("probability")),
    seed: numberOrText(flags.text("seed")),
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { on, ...Object.fromEntries(given) };
}

function numberOrText(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

function addedText({ id, fault }: FaultJson): string {
  const scope = scopeText(fault);
  const target = scope === "-" ? fault.on : `${fault.on} of ${scope}`;
  return `added fault ${id}: ${target}: ${effectText(fault)}, ${timesText(fault)}`;
}
