import type { AppEngineRouting } from "../engine/records.ts";

/** `AppEngineRouting.host`: the app's domain behind the instance, version and service that are set. */
export function appEngineHost({ service, version, instance }: AppEngineRouting, project: string): string {
  return [instance, version, service, `${project}.appspot.com`].filter((part) => part !== "").join(".");
}
