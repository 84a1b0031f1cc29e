import { CloudTaskClient, depends } from "cloudtask";
import { z } from "zod";

/** The worker's task in each variant. Each adds one feature to the plain handler. */
export const variants = ["worker", "with a schema", "with 2 dependencies", "with a token"] as const;
export type Variant = (typeof variants)[number];

export const SECRET = "a-secret-of-the-benchmark";
export const ACCOUNT = "tasks@my-project.iam.gserviceaccount.com";
export const URL_OF_WORKER = "https://api.example.com/tasks/run";

/** The payload of a delivery. */
export interface Order {
  readonly orderId: number;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
}

/** The work of the task, the same in the bare route. */
export function sumOf({ orderId, items }: Order): { readonly orderId: number; readonly quantity: number } {
  return { orderId, quantity: items.reduce((sum, { quantity }) => sum + quantity, 0) };
}

const order = z.object({
  orderId: z.number(),
  items: z.array(z.object({ sku: z.string(), quantity: z.number() })),
});

const getSession = depends(async function* () {
  yield { factor: 1 };
});
const getOrders = depends({ session: getSession }, ({ session }) => ({
  sum: (each: Order) => sumOf({ ...each, orderId: each.orderId * session.factor }),
}));

/**
 * Creates a client with the task of a variant. All authenticate their caller by a secret, and the last one by a token too.
 *
 * @param emulatorHost - the emulator whose tokens are accepted
 */
export function createClient(variant: Variant, emulatorHost: string): CloudTaskClient {
  const client = new CloudTaskClient({
    project: "my-project",
    location: "europe-west1",
    url: URL_OF_WORKER,
    secret: SECRET,
    ...(variant === "with a token" && { serviceAccount: ACCOUNT, emulatorHost }),
  });
  defineTask(client, variant);
  return client;
}

function defineTask(client: CloudTaskClient, variant: Variant): object {
  if (variant === "with a schema") return client.task("process-order", { input: order, run: (each) => sumOf(each) });
  if (variant === "with 2 dependencies") {
    const run = async (each: Order, { orders }: { readonly orders: { sum(order: Order): unknown } }) =>
      orders.sum(each);
    return client.task("process-order", { deps: { orders: getOrders }, run });
  }
  return client.task("process-order", async (each: Order) => sumOf(each));
}
