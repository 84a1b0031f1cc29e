/** The kinds of resources that a call can name. */
export type ResourceKind = "project" | "location" | "queue" | "task" | "operation" | "cmekConfig";

/** The resource that a call names. */
export interface NamedResource {
  /** The field of the request that holds the name, or the message that holds it and the field of that message. */
  readonly field: readonly [field: string, inner?: string];
  readonly kind: ResourceKind;
  /** The IAM permission of the call. */
  readonly permission: string;
}

/** The resource of each call, by the name of its method in camelCase. Both versions of CloudTasks have the same. */
export const namedResources: Readonly<Record<string, NamedResource>> = {
  listQueues: { field: ["parent"], kind: "location", permission: "cloudtasks.queues.list" },
  getQueue: { field: ["name"], kind: "queue", permission: "cloudtasks.queues.get" },
  createQueue: { field: ["parent"], kind: "location", permission: "cloudtasks.queues.create" },
  updateQueue: { field: ["queue", "name"], kind: "queue", permission: "cloudtasks.queues.update" },
  deleteQueue: { field: ["name"], kind: "queue", permission: "cloudtasks.queues.delete" },
  purgeQueue: { field: ["name"], kind: "queue", permission: "cloudtasks.queues.purge" },
  pauseQueue: { field: ["name"], kind: "queue", permission: "cloudtasks.queues.pause" },
  resumeQueue: { field: ["name"], kind: "queue", permission: "cloudtasks.queues.resume" },
  getIamPolicy: { field: ["resource"], kind: "queue", permission: "cloudtasks.queues.getIamPolicy" },
  setIamPolicy: { field: ["resource"], kind: "queue", permission: "cloudtasks.queues.setIamPolicy" },
  testIamPermissions: { field: ["resource"], kind: "queue", permission: "cloudtasks.queues.testIamPermissions" },
  listTasks: { field: ["parent"], kind: "queue", permission: "cloudtasks.tasks.list" },
  getTask: { field: ["name"], kind: "task", permission: "cloudtasks.tasks.get" },
  createTask: { field: ["parent"], kind: "queue", permission: "cloudtasks.tasks.create" },
  batchCreateTasks: { field: ["parent"], kind: "queue", permission: "cloudtasks.tasks.create" },
  deleteTask: { field: ["name"], kind: "task", permission: "cloudtasks.tasks.delete" },
  batchDeleteTasks: { field: ["parent"], kind: "queue", permission: "cloudtasks.tasks.delete" },
  runTask: { field: ["name"], kind: "task", permission: "cloudtasks.tasks.run" },
  getCmekConfig: { field: ["name"], kind: "cmekConfig", permission: "cloudtasks.cmekConfig.get" },
  updateCmekConfig: { field: ["cmekConfig", "name"], kind: "cmekConfig", permission: "cloudtasks.cmekConfig.update" },
  listLocations: { field: ["name"], kind: "project", permission: "cloudtasks.locations.list" },
  getLocation: { field: ["name"], kind: "location", permission: "cloudtasks.locations.get" },
  getOperation: { field: ["name"], kind: "operation", permission: "cloudtasks.operations.get" },
};
