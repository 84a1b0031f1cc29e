import { deliverImmediately } from "../client/push/deliver-immediately.ts";
import { loadImmediate } from "../client/push/late-delivery.ts";
import { DeliveryServer } from "../worker/delivery-server.ts";
import { loadServer } from "../worker/worker.ts";

// A test with a fake clock advances the time immediately, and would not wait for an import.
loadImmediate.set({ deliverImmediately });
loadServer.set({ DeliveryServer });
