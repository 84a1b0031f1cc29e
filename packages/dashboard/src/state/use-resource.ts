import { useEffect, useMemo } from "preact/hooks";
import { onLive } from "./live-events.ts";
import { createResource, type Resource } from "./resource.ts";

/**
 * Loads a value for a component, and loads it again after a resync, at each poll, and when the value of `key` changes.
 *
 * @param key - identifies the request, for example the filters as JSON
 */
export function useResource<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const resource = useMemo(() => createResource(load), [key]);
  useEffect(() => {
    const reload = (): void => void resource.reload();
    const stops = [onLive("resync", reload), onLive("poll", reload), resource.close];
    return () => {
      for (const stop of stops) stop();
    };
  }, [resource]);
  return resource;
}
