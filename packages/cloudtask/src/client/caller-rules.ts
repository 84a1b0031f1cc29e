import { emulatorUrl } from "../core/emulator-url.ts";
import type { CallerRules } from "../execution/registry.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/**
 * Returns the rules by which a worker checks its callers. The getters read the configuration when a worker is created, not when the
 * client is.
 */
export function callerRulesOf(options: ResolvedOptions): CallerRules {
  const { deployment, secretHeader, emulatorHost } = options;
  return {
    secretHeader,
    emulatorUrl: emulatorHost === undefined ? undefined : emulatorUrl(emulatorHost),
    get secrets() {
      return deployment.secrets;
    },
    get serviceAccounts() {
      return deployment.serviceAccounts;
    },
    get audience() {
      return deployment.audience ?? deployment.url;
    },
    get url() {
      return deployment.url;
    },
    get localUrl() {
      return deployment.localUrl;
    },
  };
}
