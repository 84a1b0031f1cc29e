import type { Registry } from "../execution/registry.ts";
import type { ResolvedWorkerOptions } from "./worker-options.ts";

/** The credentials that a worker requires of its callers. */
export interface RequiredCredentials {
  readonly secret: boolean;
  readonly token: boolean;
}

/**
 * Returns the credentials that a worker requires. It reads the configuration of the client, so a missing value is an error when the
 * worker is created, not at the first delivery.
 *
 * @throws TypeError if nothing would be checked without `allowUnauthenticated: true`, or if `verify` contradicts another option
 */
export function requiredCredentials(
  registry: Pick<Registry, "audiences" | "callers">,
  { allowUnauthenticated, verify }: Pick<ResolvedWorkerOptions, "allowUnauthenticated" | "verify">,
): RequiredCredentials {
  const { callers } = registry;
  const hasToken = callers.serviceAccounts.length > 0;
  if (verify !== undefined && !hasToken) {
    throw new TypeError(
      `createWorker(): verify: "${verify}" requires the OIDC token of a service account, but the client has no ` +
        "`serviceAccount`; set it, or remove `verify`",
    );
  }
  if (verify !== undefined && allowUnauthenticated) {
    throw new TypeError(
      `createWorker(): verify: "${verify}" requires a token, but \`allowUnauthenticated: true\` requires none; set only one of them`,
    );
  }
  const required = { secret: callers.secrets.length > 0, token: hasToken && !allowUnauthenticated };
  if (!required.secret && !required.token && !allowUnauthenticated) {
    throw new TypeError(
      "createWorker(): this worker would run tasks for everyone who knows its URL: set `serviceAccount` or `secret` on the " +
        "client, or set `allowUnauthenticated: true` if something in front of the worker authenticates its callers",
    );
  }
  // Throws if the client has no `url`.
  if (required.token) registry.audiences();
  return required;
}
