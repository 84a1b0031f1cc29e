import { type Check, type Finding, ok, skipped, warning } from "../check.ts";
import type { Facts } from "../facts.ts";
import type { CloudRunService } from "../google/cloud-run.ts";
import { noService } from "../no-service.ts";
import { worst } from "../worst.ts";

/** Cloud Tasks has this default if the API leaves the field out. */
const DEFAULT_CONCURRENCY = 1_000;

/** Whether all instances together can handle the deliveries that the queues start at once. */
export const concurrencyCheck: Check = {
  id: "concurrency",
  needs: "roles/run.viewer",
  run: async (facts) => {
    if (facts.setup.emulator) return skipped("an emulator runs no platform with instances");
    const service = await facts.service();
    if (!service)
      return noService(facts, "that it can handle as many requests at once as the queue has concurrent dispatches");
    return worst(await Promise.all(facts.setup.queues.map((id) => checkQueue(id, service, facts))));
  },
};

async function checkQueue(id: string, service: CloudRunService, facts: Facts): Promise<Finding> {
  const { rateLimits } = await facts.queue(id);
  const most = rateLimits?.maxConcurrentDispatches ?? DEFAULT_CONCURRENCY;
  const { maxInstances, concurrency, name } = service;
  const capacity = maxInstances * concurrency;
  const product = `${capacity} (${maxInstances} instances × ${concurrency})`;
  if (most <= capacity)
    return ok(`the queue ${id} starts at most ${most} deliveries at once, ${name} handles ${product}`);
  const { location, project } = facts.setup;
  return warning(
    `the queue ${id} starts up to ${most} deliveries at once, but ${name} handles ${product}: the others get 429, which slows the queue`,
    `gcloud tasks queues update ${id} --location=${location} --project=${project} --max-concurrent-dispatches=${capacity}, or raise --max-instances`,
  );
}
