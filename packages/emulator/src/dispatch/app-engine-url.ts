import type { AppEngineRouting, AppEngineTaskRequest } from "../engine/records.ts";

/** One base URL for all services, or one for each, `default` for the default one. */
export type AppEngineBases = string | Readonly<Record<string, string>>;

/**
 * Where an App Engine task goes.
 *
 * Without a base URL of the developer's it is the app's own host, over https. There the parts are joined with `-dot-`, because
 * its certificate covers one level below appspot.com: "How requests are routed" in the App Engine documentation. The host
 * that the API shows has dots instead: `AppEngineRouting.host` in google/cloud/tasks/v2beta2/target.proto.
 *
 * With base URLs a service that has none goes to that of `default`, as a service that does not exist goes to the default
 * one: ibidem. Version and instance have no say then.
 *
 * @param queue - the full name of the task's queue, whose project names the app
 * @param routing - of the queue, which beats the task's
 * @throws Error where there are base URLs, and none serves
 */
export function appEngineUrl(
  { relativeUri, routing: own }: AppEngineTaskRequest,
  queue: string,
  routing: AppEngineRouting | undefined,
  bases: AppEngineBases | undefined,
): string {
  const { service, version, instance } = routing ?? own;
  const path = relativeUri || "/";
  if (bases !== undefined) return `${baseFor(service || "default", bases).replace(/\/+$/, "")}${path}`;
  const [, project = ""] = queue.split("/");
  const labels = [instance, version, service, project].filter((label) => label !== "");
  return `https://${labels.join("-dot-")}.appspot.com${path}`;
}

function baseFor(service: string, bases: AppEngineBases): string {
  if (typeof bases === "string") return bases;
  const [base] = [service, "default"].flatMap((name) => (Object.hasOwn(bases, name) ? [bases[name]] : []));
  if (base !== undefined) return base;
  throw new Error(
    `no base URL for the App Engine service ${JSON.stringify(service)}: add it, or "default", to the emulator's option appEngine`,
  );
}
