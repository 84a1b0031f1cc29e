import { useEffect } from "preact/hooks";
import { type LiveEvents, onLive } from "./live.ts";
import type { Resource } from "./resource.ts";

/** The shortest time between two loads, in milliseconds. At 1,000 events a second a page still loads only so often. */
const MIN_INTERVAL_MS = 500;

/**
 * Loads a resource again after events, at most twice a second.
 *
 * @param name - the name of the events
 * @param concerns - whether an event changes the resource
 */
export function useLiveReload<T, K extends keyof LiveEvents>(
  resource: Resource<T>,
  name: K,
  concerns: (event: LiveEvents[K]) => boolean = () => true,
): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onLive(name, (event) => {
      if (timer !== undefined || !concerns(event)) return;
      timer = setTimeout(async () => {
        await resource.reload();
        timer = undefined;
      }, MIN_INTERVAL_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [resource, name]);
}
