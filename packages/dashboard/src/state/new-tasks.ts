import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { onLive } from "./live.ts";

/**
 * Counts the tasks that were created since a list was read. The list announces them, and does not insert them under the pointer.
 *
 * @param queue - the full name or id of the queue to which the list is limited
 */
export function useNewTasks(queue: string | undefined): Signal<number> {
  const count = useMemo(() => signal(0), []);
  useEffect(() => {
    count.value = 0;
    const matches = (name: string): boolean =>
      queue === undefined || name === queue || name.endsWith(`/queues/${queue}`);
    return onLive("task", (event) => {
      if (event.kind === "created" && matches(event.queue)) count.value++;
    });
  }, [count, queue]);
  return count;
}
