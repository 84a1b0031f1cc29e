import { deferDuring } from "../client/defer/defer-during.ts";
import { loadDeferral } from "../client/defer/push-deferrer.ts";
import { deliverEagerly, deliverImmediately } from "../client/push/eager-delivery.ts";
import { loadDelivery } from "../client/push/late-delivery.ts";
import { loadNaming } from "../client/push/late-naming.ts";
import * as naming from "../client/push/naming.ts";
import { DeliveryServer } from "../worker/delivery-server.ts";
import { loadServer } from "../worker/worker.ts";

/** Makes the code that runs tasks available: a test with a fake clock advances its time immediately, and would not wait for an import. */
export function loadLateCode(): void {
  loadDeferral.set({ deferDuring });
  loadDelivery.set({ deliverEagerly, deliverImmediately });
  loadNaming.set(naming);
  loadServer.set({ DeliveryServer });
}
