import type { Registry } from "../../execution/registry.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";

/** Deletes the task that a push has replaced. If that fails, both tasks run. */
export async function deletePredecessor(
  registry: Registry,
  { route, supersedes = "" }: PreparedPush,
  { name, id }: PushResult,
): Promise<void> {
  try {
    await deleteResource(route.transport, name.slice(0, -id.length) + supersedes, { once: true });
  } catch (error) {
    const { logOf } = await import("../../execution/registry-log.ts");
    logOf(registry)?.warn(`a debounced task was not deleted and will run as well as its successor ${name}`, { error });
  }
}
