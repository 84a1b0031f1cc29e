import type { IncomingHttpHeaders } from "node:http";
import { SECRET_HEADER_MARK } from "cloudtask/internal";
import type { EngineState } from "../engine/engine-state.ts";
import { setValue } from "../engine/values.ts";
import type { SecretNames } from "./masking/secret-names.ts";

const KEY = "secretNames";

/** Adds the names that clients named before a restart. */
export function restoreSecretNames(engine: EngineState, names: SecretNames): void {
  for (const name of (engine.values.get(KEY) ?? "").split("\n")) names.add(name);
}

/**
 * Adds the header that the client of an API call uses for its secret. The client names it in a header of the call, not of the
 * task, so targets never receive it.
 */
export function learnSecretHeader(headers: IncomingHttpHeaders, engine: EngineState, names: SecretNames): void {
  const name = headers[SECRET_HEADER_MARK.toLowerCase()];
  if (typeof name !== "string" || !/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) return;
  if (names.add(name)) setValue(engine, KEY, names.further.join("\n"));
}
