import { existsSync } from "node:fs";
import type { Plan, Queues } from "cloudtask/admin";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { jsonText } from "../output/json.ts";
import { announce, confirm } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import { UsageError } from "../usage-error.ts";

const DEFAULT_FILE = "cloudtask.yaml";

/** The exit code of a plan that is not empty. */
const HAS_CHANGES = 3;

/** `cloudtask queues plan`. */
export const planQueues: Run = async (flags, context) => {
  const described = await readDescription(flags);
  const place = await openPlace(flags, context);
  const plan = await planOf(place, described, flags);
  context.terminal.out(flags.has("json") ? planJson(plan) : String(plan));
  return plan.isEmpty ? 0 : HAS_CHANGES;
};

/** `cloudtask queues apply`. */
export const applyQueues: Run = async (flags, context) => {
  const { terminal } = context;
  const described = await readDescription(flags);
  const place = await openPlace(flags, context);
  const plan = await planOf(place, described, flags);
  terminal.out(flags.has("json") ? planJson(plan) : String(plan));
  if (plan.isEmpty) return 0;
  const deletions = plan.changes.flatMap((change) => (change.action === "delete" ? [change.queue] : []));
  if (deletions.length > 0) {
    await confirm(`deletes ${deletions.join(", ")} with all tasks (${place.label})`, flags, context);
  }
  announce(place, `makes ${plan.changes.length} changes to its queues`, context);
  const applied = await plan.apply({
    onProgress: ({ change, done, total }) => terminal.progress(`${done}/${total} ${change.action} ${change.queue}`),
  });
  terminal.progress();
  if (!flags.has("json")) terminal.out(`applied ${applied.length} ${applied.length === 1 ? "change" : "changes"}`);
  return 0;
};

/** Loads the code that reads files with the YAML library, which the other commands for queues do not need. */
async function readDescription(flags: GivenFlags): Promise<Queues> {
  const [file] = flags.positionals;
  if (file === undefined && !existsSync(DEFAULT_FILE)) {
    throw new UsageError(
      `FILE is missing, and there is no ${DEFAULT_FILE} here; to create one: cloudtask queues export > ${DEFAULT_FILE}`,
    );
  }
  const { readDescribedQueues } = await import("../config/read-config.ts");
  return readDescribedQueues(file ?? DEFAULT_FILE);
}

function planOf({ admin }: Place, described: Queues, flags: GivenFlags): Promise<Plan> {
  return admin.queues.plan(described, { prune: flags.has("prune") });
}

function planJson({ location, changes, unmanaged, warnings }: Plan): string {
  return jsonText({ location, changes, unmanaged, warnings });
}
