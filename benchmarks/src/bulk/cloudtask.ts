import { CloudTaskClient, type PushManyOptions } from "cloudtask";
import { httpRequest, order } from "../push/call.ts";
import type { OpenBulkPeer } from "./peer.ts";

/** `client.pushMany()`. */
export function byPushMany(options: PushManyOptions): OpenBulkPeer {
  return (port) => {
    const client = new CloudTaskClient({
      project: "my-project",
      location: "europe-west1",
      queue: "default",
      url: httpRequest.url,
      serviceAccount: httpRequest.oidcToken.serviceAccountEmail,
      apiEndpoint: `http://127.0.0.1:${port}`,
      token: () => ({ token: "benchmark", expiresAt: new Date("2100-01-01") }),
    });
    const processOrder = client.task("process-order", async (_: typeof order) => undefined);
    return {
      async create(count) {
        const tasks = Array.from({ length: count }, () => processOrder(order));
        const results = await client.pushMany(tasks, options);
        if (results.length !== count) throw new Error(`${results.length} of ${count} tasks were confirmed`);
      },
      close: () => client.close(),
    };
  };
}
