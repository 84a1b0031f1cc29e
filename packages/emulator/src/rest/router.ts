import type { DescMethod } from "@bufbuild/protobuf";
import { Locations } from "../gen/google/cloud/location/locations_pb.ts";
import { CloudTasks as CloudTasksV2 } from "../gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { CloudTasks as CloudTasksV2beta3 } from "../gen/google/cloud/tasks/v2beta3/cloudtasks_pb.ts";
import { Operations } from "../gen/google/longrunning/operations_pb.ts";
import type { ApiService, RpcHandler } from "../service/api-service.ts";
import { mapValue } from "../service/maybe-promise.ts";
import type { Services } from "../service/services.ts";
import { bufferRoutes } from "./buffer-routes.ts";
import { firebaseRoutes } from "./firebase-routes.ts";
import { type Handler, type Handlers, jsonOf } from "./handler.ts";
import { resourcePath } from "./resource-path.ts";
import { type Binding, cloudTasksRoutes, locationRoutes, type Methods, operationRoutes } from "./routes.ts";
import { transcode } from "./transcode.ts";

type Table = Readonly<Record<string, Handlers>>;

/** The handlers of a path and the resource that it names. */
export interface Route {
  readonly name: string;
  readonly handlers: Handlers;
}

/** Paths to remember. Most calls create tasks in few queues. */
const MAX_FOUND = 1_000;

/** Finds the handlers of a path of the API. */
export class Router {
  /** The routes by the first segment of a path; the empty key holds the paths of Firebase, which have no version. */
  readonly #tables: Readonly<Record<string, Table>>;

  readonly #found = new Map<string, Route>();

  constructor(api: readonly ApiService[], services: Services) {
    const bind = (descriptor: { readonly typeName: string }, routes: Readonly<Record<string, Methods>>): Table => {
      const service = api.find((each) => each.descriptor.typeName === descriptor.typeName);
      return service ? boundTo(service, routes) : {};
    };
    const createTask = createTaskOf(api);
    const shared = {
      ...bind(Locations, locationRoutes),
      ...bind(Operations, operationRoutes),
      ...bufferRoutes(services, createTask),
    };
    const v2 = { ...shared, ...bind(CloudTasksV2, cloudTasksRoutes) };
    const v2beta3 = { ...shared, ...bind(CloudTasksV2beta3, cloudTasksRoutes) };
    // Google's client for Node calls locations and operations under v1, in every version of its API.
    const v1 = shared;
    this.#tables = { v1, v2, v2beta3, "": withFirebase(v2, firebaseRoutes(services, createTask)) };
  }

  /**
   * @param path - the percent-encoded path of the request
   * @returns undefined for an unknown path
   * @throws RpcError if the path cannot be decoded
   */
  find(path: string): Route | undefined {
    const known = this.#found.get(path);
    if (known) return known;
    const route = this.#search(path);
    if (this.#found.size >= MAX_FOUND) this.#found.clear();
    if (route) this.#found.set(path, route);
    return route;
  }

  #search(path: string): Route | undefined {
    const [, first = "", ...rest] = path.split("/");
    const version = first === "projects" ? "" : first;
    const table = Object.hasOwn(this.#tables, version) ? this.#tables[version] : undefined;
    if (!table) return undefined;
    const { pattern, name } = resourcePath(version === "" ? [first, ...rest] : wholeName(rest));
    const handlers = Object.hasOwn(table, pattern) ? table[pattern] : undefined;
    return handlers && { name, handlers };
  }
}

/** The handler of CreateTask. Firebase and BufferTask call it too, so options and faults also apply to them. */
function createTaskOf(api: readonly ApiService[]): RpcHandler {
  const service = api.find(({ descriptor }) => descriptor.typeName === CloudTasksV2.typeName);
  const call = service?.methods[CloudTasksV2.method.createTask.localName];
  if (!call) throw new Error(`The API has no ${CloudTasksV2.typeName}.CreateTask.`);
  return call;
}

/** Google's client for Node sends the whole name of an operation as one encoded segment. */
function wholeName(segments: readonly string[]): readonly string[] {
  const [first, name = "", ...rest] = segments;
  return first === "operations" && rest.length === 0 ? name.split(/%2F/i) : segments;
}

function withFirebase(v2: Table, firebase: Table): Table {
  const merged = Object.entries(firebase).map(([pattern, handlers]) => [pattern, { ...v2[pattern], ...handlers }]);
  return { ...v2, ...Object.fromEntries(merged) };
}

/** Binds routes to a service. Methods that this version of the service lacks are left out. */
function boundTo(service: ApiService, routes: Readonly<Record<string, Methods>>): Table {
  const table: Record<string, Handlers> = {};
  for (const [pattern, methods] of Object.entries(routes)) {
    const handlers: Record<string, Handler> = {};
    for (const [verb, binding] of Object.entries(methods)) {
      const method = service.descriptor.methods.find(({ localName }) => localName === binding.rpc);
      if (method) handlers[verb] = handlerOf(service, method, binding);
    }
    if (Object.keys(handlers).length > 0) table[pattern] = handlers;
  }
  return table;
}

function handlerOf(service: ApiService, method: DescMethod, binding: Binding): Handler {
  const call = service.methods[binding.rpc];
  if (!call) throw new Error(`${service.descriptor.typeName} has no ${binding.rpc}`);
  return {
    output: method.output,
    answer: (request) =>
      mapValue(call(transcode(method, binding, request)), (message) => jsonOf(method.output, message, request.query)),
  };
}
