import { CmekService } from "./cmek-service.ts";
import { LocationService } from "./location-service.ts";
import { OperationService } from "./operation-service.ts";
import { PolicyService } from "./queues/policy-service.ts";
import { QueueService } from "./queues/queue-service.ts";
import type { ServiceContext } from "./service-context.ts";
import { BatchService } from "./tasks/batch-service.ts";
import { TaskService } from "./tasks/task-service.ts";

/** The services behind the API, independent of the messages of its versions. */
export interface Services {
  readonly context: ServiceContext;
  readonly queues: QueueService;
  readonly tasks: TaskService;
  readonly policies: PolicyService;
  readonly locations: LocationService;
  readonly cmek: CmekService;
  readonly operations: OperationService;
  readonly batches: BatchService;
}

/** @param location - the id of the location that ListLocations returns even if it has no queue */
export function createServices(context: ServiceContext, location: string): Services {
  const tasks = new TaskService(context);
  const operations = new OperationService(context);
  return {
    context,
    tasks,
    operations,
    queues: new QueueService(context),
    policies: new PolicyService(context),
    locations: new LocationService(context, location),
    cmek: new CmekService(context),
    batches: new BatchService(context, tasks, operations),
  };
}
