import type { HttpSender } from "../../src/core/http-sender.ts";
import { CloudTaskClient } from "../../src/index.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import type { FaultProxy } from "./fault-proxy.ts";

/**
 * Creates a client that retries within 5 ms, for 10 s.
 *
 * @param sender - sends the requests; closed with the client
 * @param timeoutMs - the time limit of a request
 */
export function proxiedClient(sender: HttpSender, proxy: FaultProxy, timeoutMs: number): CloudTaskClient {
  const retry = { minDelay: 1, maxDelay: 5, totalTimeout: "10s" } as const;
  const transport = createRestTransport({ baseUrl: `http://${proxy.host}`, sender, retry, timeoutMs });
  // The defaults of an emulator.
  const place = { project: "local-project", location: "us-central1" };
  return new CloudTaskClient({ ...place, url: "https://worker.test/tasks/run", transport });
}
