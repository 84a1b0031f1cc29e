import { emulatorUrl } from "../core/emulator-url.ts";
import type { CallerRules } from "../execution/registry.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/**
 * @param options - the client's
 * @returns how its workers tell the calls that its pushes lead to from anyone else's
 */
export function callerRules(options: ResolvedOptions): CallerRules {
  const { secrets, secretHeader, serviceAccounts, audience, emulatorHost } = options;
  return {
    secrets,
    secretHeader,
    serviceAccounts,
    audience,
    emulatorUrl: emulatorHost === undefined ? undefined : emulatorUrl(emulatorHost),
  };
}
