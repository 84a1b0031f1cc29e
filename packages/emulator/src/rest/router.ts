import { invalidArgument, unimplemented } from "../service/rpc-error.ts";
import type { Handler } from "./call.ts";
import { getLocation, listLocations } from "./locations.ts";
import {
  createQueue,
  deleteQueue,
  getQueue,
  listQueues,
  pauseQueue,
  purgeQueue,
  resumeQueue,
  updateQueue,
} from "./queues.ts";
import { createTask, deleteTask, getTask, listTasks, runTask } from "./tasks.ts";

type Methods = Readonly<Record<string, Handler>>;

/** What a path leads to. */
export interface Route {
  readonly name: string;
  readonly methods: Methods;
}

/**
 * Every path below `/v2/`, `*` for an id: what a collection and its items answer.
 * Source: the google.api.http annotations of google/cloud/tasks/v2/cloudtasks.proto, and the REST discovery document.
 */
const routes: Readonly<Record<string, Methods>> = {
  "projects/*/locations": { GET: listLocations },
  "projects/*/locations/*": { GET: getLocation },
  "projects/*/locations/*/cmekConfig": absent("cmekConfig", "GET", "PATCH"),
  "projects/*/locations/*/queues": { GET: listQueues, POST: createQueue },
  "projects/*/locations/*/queues/*": { GET: getQueue, PATCH: updateQueue, DELETE: deleteQueue },
  "projects/*/locations/*/queues/*:purge": { POST: purgeQueue },
  "projects/*/locations/*/queues/*:pause": { POST: pauseQueue },
  "projects/*/locations/*/queues/*:resume": { POST: resumeQueue },
  "projects/*/locations/*/queues/*:getIamPolicy": absent("GetIamPolicy", "POST"),
  "projects/*/locations/*/queues/*:setIamPolicy": absent("SetIamPolicy", "POST"),
  "projects/*/locations/*/queues/*:testIamPermissions": absent("TestIamPermissions", "POST"),
  "projects/*/locations/*/queues/*/tasks": { GET: listTasks, POST: createTask },
  "projects/*/locations/*/queues/*/tasks:buffer": absent("tasks.buffer", "POST"),
  "projects/*/locations/*/queues/*/tasks/*": { GET: getTask, DELETE: deleteTask },
  "projects/*/locations/*/queues/*/tasks/*:run": { POST: runTask },
  "projects/*/locations/*/queues/*/tasks/*:buffer": absent("tasks.buffer", "POST"),
};

/**
 * @param path - of the request, still percent-encoded
 * @returns undefined where the path is none of the API
 * @throws RpcError where it cannot be decoded, or is one of an API that this emulator has no part for
 */
export function routeOf(path: string): Route | undefined {
  const [, version, ...rest] = path.split("/");
  if (version === "v2beta3" || version === "v2beta2") throw unimplemented(`The ${version} API`);
  if (version !== "v2") return undefined;
  const segments = rest.map(decoded);
  // A project may hold a colon, so only the last segment can end in a verb.
  const [, last = "", verb = ""] = /^(.*?)(:[A-Za-z]+)?$/s.exec(segments.at(-1) ?? "") ?? [];
  const resource = [...segments.slice(0, -1), last];
  const pattern = resource.map((segment, index) => (index % 2 === 1 ? "*" : segment)).join("/") + verb;
  const methods = Object.hasOwn(routes, pattern) ? routes[pattern] : undefined;
  return methods && { name: nameOf(resource), methods };
}

/** A collection stands for its parent: lists and creates are calls on that. */
function nameOf(resource: readonly string[]): string {
  return resource.slice(0, resource.length - (resource.length % 2)).join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalidArgument(`The path cannot be decoded: ${segment}`);
  }
}

function absent(what: string, ...methods: readonly string[]): Methods {
  const handler: Handler = () => Promise.reject(unimplemented(what));
  return Object.fromEntries(methods.map((method) => [method, handler]));
}
