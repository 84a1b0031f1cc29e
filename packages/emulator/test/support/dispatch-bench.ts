import { ManualClock } from "@cloudtask/emulator";
import type { protos } from "@google-cloud/tasks";
import { type Bench, type V2Client, v2Bench, type Wire } from "../clients/node/bench.ts";

/** The time at which the clock of `dispatchBench()` stands, in seconds since the epoch. */
export const NOW = 1_790_000_000;

/** Both protocols, as rows for `test.each`. */
export const wires: readonly (readonly [Wire])[] = [["grpc"], ["rest"]];

/** The answer of GetTask after a task has succeeded. */
export const TASK_GONE =
  "The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.";

type TaskInit = NonNullable<NonNullable<Parameters<V2Client["createTask"]>[0]>["task"]>;

/** Starts an emulator with a manual clock. A retry waits for an hour, so a task has one attempt until the clock is advanced. */
export function dispatchBench(wire: Wire): Promise<Bench<V2Client>> {
  return v2Bench(wire, { clock: new ManualClock(NOW * 1000), queues: { q: { retry: { minBackoff: "1h" } } } });
}

/** Creates a task, and returns it after its first attempt. */
export async function attempted(
  { client, emulator, queue }: Bench<V2Client>,
  task: TaskInit,
): Promise<protos.google.cloud.tasks.v2.ITask> {
  const [{ name }] = await client.createTask({ parent: queue, task });
  await emulator.idle();
  const [found] = await client.getTask({ name: name ?? "" });
  return found;
}
