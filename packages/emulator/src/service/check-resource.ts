import type { DescMethod, Message } from "@bufbuild/protobuf";
import { errorInfo, help, localizedMessage } from "./error-details.ts";
import { type NamedResource, namedResources, type ResourceKind } from "./named-resources.ts";
import { checkQueueId, checkTaskId } from "./resource-names.ts";
import { invalidArgument, RpcError } from "./rpc-error.ts";

const SERVICE = "cloudtasks.googleapis.com";

const location = "projects/[A-Za-z0-9:.-]+/locations/[A-Za-z0-9-]+";

/** The shape of each kind of name. The ids of queue and task are captured, in this order, and checked later. */
const shapes: Readonly<Record<ResourceKind, RegExp>> = {
  project: /^projects\/[A-Za-z0-9:.-]+$/,
  location: new RegExp(`^${location}$`),
  queue: new RegExp(`^${location}/queues/([^/]*)$`),
  task: new RegExp(`^${location}/queues/([^/]*)/tasks/([^/]*)$`),
  operation: new RegExp(`^${location}/operations/[^/]+$`),
  cmekConfig: new RegExp(`^${location}/cmekConfig$`),
};

/**
 * Checks the name of the resource that a call names, by one rule for all calls, before the call itself looks at its request.
 *
 * @throws RpcError if the name is empty or in no project, or does not have the shape that the call accepts
 */
export function checkResource(method: DescMethod, request: Message): void {
  const resource = namedResources[method.localName];
  if (resource) checkName(method, resource, nameIn(request, resource.field));
}

function checkName(method: DescMethod, { kind, permission }: NamedResource, name: string): void {
  if (name === "") throw noProject(`${method.parent.typeName}.${method.name}`);
  if (!name.startsWith("projects/")) throw foreignProject(name);
  const shape = shapes[kind].exec(name);
  if (!shape)
    throw kind === "cmekConfig" && method.localName === "getCmekConfig" ? badCmekName() : lacks(permission, name);
  const [, queue, task] = shape;
  if (queue !== undefined) checkQueueId(queue);
  if (task !== undefined) checkTaskId(task);
}

function nameIn(request: Message, [field, inner]: NamedResource["field"]): string {
  const value = fieldOf(request, field);
  return String((inner === undefined ? value : fieldOf(value, inner)) ?? "");
}

function fieldOf(message: unknown, field: string): unknown {
  return (message as Readonly<Record<string, unknown>> | undefined)?.[field];
}

function noProject(method: string): RpcError {
  return invalidArgument("Invalid resource field value in the request.", [
    errorInfo("RESOURCE_PROJECT_INVALID", "googleapis.com", { service: SERVICE, method }),
  ]);
}

function foreignProject(name: string): RpcError {
  const message = `Permission denied on resource project ${name}.`;
  return new RpcError("PERMISSION_DENIED", message, [
    errorInfo("CONSUMER_INVALID", "googleapis.com", {
      consumer: `projects/${name}`,
      containerInfo: name,
      service: SERVICE,
    }),
    localizedMessage(message),
    help("Google developers console", "https://console.developers.google.com"),
  ]);
}

function lacks(permission: string, name: string): RpcError {
  return new RpcError(
    "PERMISSION_DENIED",
    `The principal (user or service account) lacks IAM permission "${permission}" for the resource "${name}" (or the resource may not exist).`,
  );
}

function badCmekName(): RpcError {
  return invalidArgument(
    'CMEK Config name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/cmekConfig".',
  );
}
