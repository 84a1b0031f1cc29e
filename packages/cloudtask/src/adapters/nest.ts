export { CloudTaskModule } from "./_nest/cloud-task-module.ts";
export { fromNest } from "./_nest/from-nest.ts";
export { InjectClient } from "./_nest/inject-client.ts";
export { InjectDelivery } from "./_nest/inject-delivery.ts";
export type {
  CloudTaskModuleAsyncOptions,
  CloudTaskModuleOptions,
  CloudTaskModuleRootOptions,
} from "./_nest/module-options.ts";
export { OnTask, type OnTaskContext, type OnTaskDecorator } from "./_nest/on-task.ts";
