export { OnTask, type OnTaskContext, type OnTaskDecorator } from "./handlers/on-task.ts";
export { fromNest } from "./injection/from-nest.ts";
export { InjectClient } from "./injection/inject-client.ts";
export { InjectDelivery } from "./injection/inject-delivery.ts";
export { CloudTaskModule } from "./module/cloud-task-module.ts";
export type {
  CloudTaskModuleAsyncOptions,
  CloudTaskModuleOptions,
  CloudTaskModuleRootOptions,
} from "./module/module-options.ts";
