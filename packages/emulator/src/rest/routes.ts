/** The mapping of an HTTP method of a path to a call. */
export interface Binding {
  /** The name of the call in camelCase. */
  readonly rpc: string;
  /** The field of the request that the path sets; a dot separates a nested field. */
  readonly name: string;
  /** The field that the body sets; `*` if the body is the whole request; undefined if there is no body. */
  readonly body?: string;
}

/** The calls of a path, by HTTP method. */
export type Methods = Readonly<Record<string, Binding>>;

/**
 * The paths of CloudTasks, with `*` for an id; they are equal in v2 and v2beta3.
 * Source: the google.api.http annotations of google/cloud/tasks/v2beta3/cloudtasks.proto, and the REST discovery documents.
 */
export const cloudTasksRoutes: Readonly<Record<string, Methods>> = {
  "projects/*/locations/*/queues": {
    GET: { rpc: "listQueues", name: "parent" },
    POST: { rpc: "createQueue", name: "parent", body: "queue" },
  },
  "projects/*/locations/*/queues/*": {
    GET: { rpc: "getQueue", name: "name" },
    PATCH: { rpc: "updateQueue", name: "queue.name", body: "queue" },
    DELETE: { rpc: "deleteQueue", name: "name" },
  },
  "projects/*/locations/*/queues/*:purge": { POST: { rpc: "purgeQueue", name: "name", body: "*" } },
  "projects/*/locations/*/queues/*:pause": { POST: { rpc: "pauseQueue", name: "name", body: "*" } },
  "projects/*/locations/*/queues/*:resume": { POST: { rpc: "resumeQueue", name: "name", body: "*" } },
  "projects/*/locations/*/queues/*:getIamPolicy": { POST: { rpc: "getIamPolicy", name: "resource", body: "*" } },
  "projects/*/locations/*/queues/*:setIamPolicy": { POST: { rpc: "setIamPolicy", name: "resource", body: "*" } },
  "projects/*/locations/*/queues/*:testIamPermissions": {
    POST: { rpc: "testIamPermissions", name: "resource", body: "*" },
  },
  "projects/*/locations/*/queues/*/tasks": {
    GET: { rpc: "listTasks", name: "parent" },
    POST: { rpc: "createTask", name: "parent", body: "*" },
  },
  "projects/*/locations/*/queues/*/tasks:batchCreate": { POST: { rpc: "batchCreateTasks", name: "parent", body: "*" } },
  "projects/*/locations/*/queues/*/tasks:batchDelete": { POST: { rpc: "batchDeleteTasks", name: "parent", body: "*" } },
  "projects/*/locations/*/queues/*/tasks/*": {
    GET: { rpc: "getTask", name: "name" },
    DELETE: { rpc: "deleteTask", name: "name" },
  },
  "projects/*/locations/*/queues/*/tasks/*:run": { POST: { rpc: "runTask", name: "name", body: "*" } },
  "projects/*/locations/*/cmekConfig": {
    GET: { rpc: "getCmekConfig", name: "name" },
    PATCH: { rpc: "updateCmekConfig", name: "cmekConfig.name", body: "cmekConfig" },
  },
};

/** The paths of google.cloud.location.Locations. */
export const locationRoutes: Readonly<Record<string, Methods>> = {
  "projects/*/locations": { GET: { rpc: "listLocations", name: "name" } },
  "projects/*/locations/*": { GET: { rpc: "getLocation", name: "name" } },
};

/** The paths of google.longrunning.Operations. Cloud Tasks maps no other call of it. */
export const operationRoutes: Readonly<Record<string, Methods>> = {
  "projects/*/locations/*/operations/*": { GET: { rpc: "getOperation", name: "name" } },
};
