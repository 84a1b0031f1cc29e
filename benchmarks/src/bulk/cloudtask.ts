import { CloudTaskClient, type PushManyOptions } from "cloudtask";
import { httpRequest, payload } from "../push/call.ts";
import { CONCURRENCY, type OpenBulkPeer, repeat } from "./peer.ts";

type Order = {
  readonly orderId: number;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
};

function open(port: number) {
  const client = new CloudTaskClient({
    project: "my-project",
    location: "europe-west1",
    queue: "default",
    url: httpRequest.url,
    serviceAccount: httpRequest.oidcToken.serviceAccountEmail,
    apiEndpoint: `http://127.0.0.1:${port}`,
    token: () => ({ token: "benchmark", expiresAt: new Date("2100-01-01") }),
  });
  const processOrder = client.task("process-order", async (_: Order) => undefined);
  const order: Order = JSON.parse(payload).payload;
  return { client, create: () => processOrder(order) };
}

function byPushMany(options: PushManyOptions): OpenBulkPeer {
  return (port) => {
    const { client, create } = open(port);
    return {
      async create(count) {
        const results = await client.pushMany(Array.from({ length: count }, create), options);
        if (results.length !== count) throw new Error(`${results.length} of ${count} tasks were confirmed`);
      },
      close: () => client.close(),
    };
  };
}

/** `client.pushMany()`. */
export const inBatches: OpenBulkPeer = byPushMany({});

/** `client.pushMany()` without batches. */
export const oneByOne: OpenBulkPeer = byPushMany({ batch: false, concurrency: CONCURRENCY });

/** `task.push()`. */
export const push: OpenBulkPeer = (port) => {
  const { client, create } = open(port);
  return { create: (count) => repeat(count, () => create().push()), close: () => client.close() };
};
