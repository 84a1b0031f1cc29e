import { registryOf, type TaskClient } from "../execution/registry.ts";
import type { Transport } from "../transport/transport.ts";
import { connectionOf } from "./connection.ts";

/** Returns the transport of a client, for calls of the API that the admin does not offer. */
export function transportOf(client: TaskClient): Transport {
  return connectionOf(registryOf(client)).transport;
}
