import { bearerToken } from "../auth/bearer-token.ts";
import { checkPlatformToken } from "../auth/check-platform-token.ts";
import { emulatorKeys, googleKeys } from "../auth/key-source.ts";
import { TokenVerifier } from "../auth/token-verifier.ts";
import type { CallerRules, Registry } from "../execution/registry.ts";
import { logOf } from "../execution/registry-log.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { Rejection } from "./outcome-response.ts";
import { requiredCredentials } from "./required-credentials.ts";
import type { ResolvedWorkerOptions } from "./worker-options.ts";

/** Authenticates the caller of a request. Returns the rejection, or `undefined` if the caller is authenticated. */
export type Authenticate = (request: IncomingRequest) => Rejection | undefined | Promise<Rejection | undefined>;

/**
 * Creates the authentication of a worker. A caller must present every credential that the client has: its secret and its OIDC token.
 *
 * @throws TypeError see `requiredCredentials()`
 */
export function createAuthenticate(
  registry: Pick<Registry, "audiences" | "callers" | "logger" | "secrets">,
  { allowUnauthenticated, verify }: Pick<ResolvedWorkerOptions, "allowUnauthenticated" | "verify">,
): Authenticate {
  const { secret, token } = requiredCredentials(registry, { allowUnauthenticated, verify });
  // The secret first, because it is the cheaper check.
  const checkSecret = secret ? secretCheck(registry.callers) : undefined;
  const checkToken = token ? tokenCheck(registry, verify) : undefined;
  return (request) => checkSecret?.(request) ?? checkToken?.(request);
}

function tokenCheck(
  registry: Pick<Registry, "audiences" | "callers" | "logger" | "secrets">,
  verify: ResolvedWorkerOptions["verify"],
): Authenticate {
  const { callers } = registry;
  const { emulatorUrl, serviceAccounts } = callers;
  const expected = { audiences: () => registry.audiences(), serviceAccounts };
  // With an emulator, no platform in front of the worker has verified the token, so the worker verifies it.
  if (verify === "platform" && emulatorUrl === undefined) return ({ headers }) => checkPlatformToken(headers, expected);
  const onStale = (problem: string): void =>
    logOf(registry)?.warn(`${problem}; the worker continues with the keys it has`);
  // An emulator may restart with a new key at any time, and requesting its keys is cheap.
  const verifier =
    emulatorUrl === undefined
      ? new TokenVerifier({ source: googleKeys(), expected, onStale })
      : new TokenVerifier({ source: emulatorKeys(emulatorUrl), expected, onStale, intervalMs: 0, useIssueTime: true });
  return ({ headers }) => {
    const token = bearerToken(headers, "Authorization");
    return typeof token === "string" ? verifier.check(token) : token;
  };
}

function secretCheck({ secrets, secretHeader }: CallerRules): (request: IncomingRequest) => Rejection | undefined {
  const name = secretHeader.toLowerCase();
  return ({ headers }) => {
    const received = headers.get(name);
    if (received === null) {
      const message = `the header ${secretHeader} is missing; push with the \`secret\` of this worker's client`;
      return { kind: "unauthenticated", message };
    }
    // Compares all secrets completely, so the time taken reveals nothing about them.
    const matches = secrets.map((secret) => isEqual(secret, received));
    if (matches.includes(true)) return undefined;
    const message = `the header ${secretHeader} contains a wrong secret; push with the \`secret\` of this worker's client`;
    return { kind: "forbidden", message };
  };
}

/** Compares in constant time: it depends on the length of the received value only, not on the secret. */
function isEqual(secret: string, received: string): boolean {
  let difference = secret.length ^ received.length;
  for (let index = 0; index < received.length; index++) {
    difference |= secret.charCodeAt(index % secret.length) ^ received.charCodeAt(index);
  }
  return difference === 0;
}
