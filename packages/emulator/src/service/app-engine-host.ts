import type { AppEngineRouting } from "../engine/records.ts";

/** `AppEngineRouting.host`: instance, version and service, if set, followed by the app's domain. */
export function appEngineHost({ service, version, instance }: AppEngineRouting, project: string): string {
  return [instance, version, service, `${project}.appspot.com`].filter((part) => part !== "").join(".");
}
