import type { AppEngineRouting, AppEngineTaskRequest } from "../engine/records.ts";

/** One base URL for all services, or one per service. The key `default` is the default service. */
export type AppEngineBases = string | Readonly<Record<string, string>>;

/**
 * Returns the URL of an App Engine task.
 *
 * Without configured base URLs, it is the host of the app over https. Instance, version, service and project are joined with
 * `-dot-`, because the certificate of appspot.com covers only one level of subdomains: "How requests are routed" in the App
 * Engine documentation. The host that the API returns has dots instead: `AppEngineRouting.host` in
 * google/cloud/tasks/v2beta2/target.proto.
 *
 * With base URLs, a service without one goes to the base URL of `default`, as App Engine sends requests for an unknown service
 * to the default service (same document). Version and instance are then ignored.
 *
 * @param queue - the full name of the task's queue; its project is the app
 * @param routing - the routing of the queue, which replaces the task's
 * @throws Error if there are base URLs but neither one for the service nor a `default`
 */
export function appEngineUrl(
  { relativeUri, routing: taskRouting }: AppEngineTaskRequest,
  queue: string,
  routing: AppEngineRouting | undefined,
  bases: AppEngineBases | undefined,
): string {
  const { service, version, instance } = routing ?? taskRouting;
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
    `no base URL for the App Engine service ${JSON.stringify(service)}; add it or "default" to the option appEngine of the emulator`,
  );
}
