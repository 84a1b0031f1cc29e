import type { AppEngineRouting } from "../engine/records.ts";

/** `AppEngineRouting.host`: the set ones of instance, version and service, followed by the app's domain. */
export function appEngineHost({ service, version, instance }: AppEngineRouting, project: string): string {
  return [instance, version, service, `${project}.appspot.com`].filter((part) => part !== "").join(".");
}
