import { useEffect } from "preact/hooks";
import { liveState } from "./live.ts";
import { type LiveEvents, onLive } from "./live-events.ts";
import type { Resource } from "./resource.ts";

/** The shortest time between two loads, in milliseconds. At 1,000 events a second a page still loads only so often. */
const MIN_INTERVAL_MS = 500;
/**
 * Milliseconds between an event and the load. The event of a change by this page can arrive before the answer that leads to another
 * page: a task that was replaced would be read once more, and not found.
 */
const SETTLE_MS = 100;

/**
 * Loads a resource again after events.
 *
 * @param name - the name of the events
 * @param concerns - whether an event changes the resource
 * @param intervalMs - the shortest time between two loads, in milliseconds
 */
export function useLiveReload<T, K extends keyof LiveEvents>(
  resource: Resource<T>,
  name: K,
  concerns: (event: LiveEvents[K]) => boolean = () => true,
  intervalMs: number = MIN_INTERVAL_MS,
): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastLoad = 0;
    const load = (): void => {
      timer = undefined;
      if (liveState.peek() === "paused") return;
      lastLoad = Date.now();
      void resource.reload();
    };
    const stop = onLive(name, (event) => {
      if (!concerns(event)) return;
      timer ??= setTimeout(load, Math.max(SETTLE_MS, lastLoad + intervalMs - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [resource, name]);
}
