import type { HttpSender } from "../../src/core/http-sender.ts";
import { CloudTaskClient } from "../../src/index.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import type { FaultProxy } from "./fault-proxy.ts";

/**
 * @param sender - how requests travel; closed with the client
 * @param proxy - where to
 * @param timeoutMs - how long it waits for an answer
 * @returns a client that is in a hurry: it repeats a call within 5 ms, for 10 s
 */
export function proxiedClient(sender: HttpSender, proxy: FaultProxy, timeoutMs: number): CloudTaskClient {
  const retry = { minDelay: 1, maxDelay: 5, totalTimeout: "10s" } as const;
  const transport = createRestTransport({ baseUrl: `http://${proxy.host}`, sender, retry, timeoutMs });
  // Those of an emulator that is told nothing else.
  const place = { project: "local-project", location: "us-central1" };
  return new CloudTaskClient({ ...place, url: "https://worker.test/tasks/run", transport });
}
