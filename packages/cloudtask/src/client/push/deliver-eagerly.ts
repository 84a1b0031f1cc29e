import type { Registry } from "../../execution/registry.ts";
import type { EagerMode } from "../client-options.ts";
import type { Connection } from "../connection.ts";
import { deliverImmediately } from "./deliver-immediately.ts";
import { deliverRemotely } from "./deliver-remotely.ts";
import { expectedResult } from "./expected-result.ts";
import type { PreparedPush } from "./prepare.ts";
import type { PushResult } from "./push-options.ts";

/** The client of an eager push. */
export interface EagerClient {
  readonly registry: Registry;
  readonly connection: Connection;
}

/** Delivers a push in an eager mode, and returns the result that it would have in Cloud Tasks. */
export async function deliverEagerly(
  { registry, connection }: EagerClient,
  push: PreparedPush,
  eager: EagerMode,
): Promise<PushResult> {
  const result = await expectedResult(push);
  if (eager === "remote") await deliverRemotely(connection, push, result.id);
  else await deliverImmediately(registry, push, result.id);
  return result;
}
