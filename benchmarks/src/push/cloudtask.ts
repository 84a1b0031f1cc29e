import { CloudTaskClient } from "cloudtask";
import { httpRequest, order } from "./call.ts";
import type { OpenPeer } from "./peer.ts";

/** The library's public API: pushes a typed task. */
export const open: OpenPeer = (port) => {
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
    async push() {
      return (await processOrder(order).push()).name;
    },
    close: () => client.close(),
  };
};
