import { bearerToken } from "../auth/bearer-token.ts";
import { checkPlatformToken } from "../auth/check-platform-token.ts";
import { emulatorKeys, googleKeys } from "../auth/key-source.ts";
import { TokenVerifier } from "../auth/token-verifier.ts";
import type { CallerRules, Registry } from "../execution/registry.ts";
import type { Refusal } from "./outcome-response.ts";
import type { ResolvedWorkerOptions } from "./worker-options.ts";

/** Says why a request is refused; `undefined` where it may pass. */
export type Authenticate = (request: Request) => Promise<Refusal | undefined>;

type Check = (request: Request) => Refusal | undefined | Promise<Refusal | undefined>;

/**
 * @param registry - what the client says of who may call
 * @param options - whether anyone may, and who verifies tokens
 * @returns the check of one request: everything that the client has must hold
 * @throws TypeError where nothing would be checked and nobody said so, or a token is to be verified and none is attached, or none
 * is asked for
 */
export function createAuthenticate(
  { callers, logger }: Pick<Registry, "callers" | "logger">,
  { allowUnauthenticated, verify }: Pick<ResolvedWorkerOptions, "allowUnauthenticated" | "verify">,
): Authenticate {
  const hasToken = callers.serviceAccounts.length > 0;
  if (verify !== undefined && !hasToken) {
    throw new TypeError(
      `createWorker(): verify: "${verify}" asks for the OIDC token of a service account, and the client has no \`serviceAccount\``,
    );
  }
  if (verify !== undefined && allowUnauthenticated) {
    throw new TypeError(
      `createWorker(): verify: "${verify}" asks for a token, and \`allowUnauthenticated: true\` for none; say one of the two`,
    );
  }
  // The secret first: it costs nothing, and whoever has none is not worth a look at his token.
  const checks: Check[] = callers.secrets.length > 0 ? [secretCheck(callers)] : [];
  if (hasToken && !allowUnauthenticated) checks.push(tokenCheck(callers, verify, logger));
  if (checks.length === 0 && !allowUnauthenticated) {
    throw new TypeError(
      "createWorker(): this worker would run tasks for anyone who finds its URL: give the client a `serviceAccount` or a " +
        "`secret`, or say `allowUnauthenticated: true` where something else keeps strangers out",
    );
  }
  return async (request) => {
    for (const check of checks) {
      const refused = await check(request);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
}

function tokenCheck(callers: CallerRules, verify: ResolvedWorkerOptions["verify"], logger: Registry["logger"]): Check {
  const { emulatorUrl, audience, serviceAccounts } = callers;
  const expected = { audience, serviceAccounts };
  // Before a worker that gets its tasks from an emulator no platform stands that would have checked anything.
  if (verify === "platform" && emulatorUrl === undefined) return ({ headers }) => checkPlatformToken(headers, expected);
  const onStale = (problem: string): void => logger?.warn(`cloudtask: ${problem}; those known until now are used on`);
  // An emulator may start anew with another key at any time, and asking it is cheap.
  const verifier =
    emulatorUrl === undefined
      ? new TokenVerifier({ source: googleKeys(), expected, onStale })
      : new TokenVerifier({ source: emulatorKeys(emulatorUrl), expected, onStale, intervalMs: 0, ownTime: true });
  return ({ headers }) => {
    const token = bearerToken(headers, "Authorization");
    return typeof token === "string" ? verifier.check(token) : token;
  };
}

function secretCheck({ secrets, secretHeader }: CallerRules): Check {
  return ({ headers }) => {
    const received = headers.get(secretHeader);
    if (received === null) {
      return { kind: "unauthenticated", message: `the header ${secretHeader} is missing` };
    }
    // Every secret is compared, whole, whichever fits: the time taken tells nothing.
    const fits = secrets.map((secret) => equal(secret, received));
    if (fits.includes(true)) return undefined;
    return { kind: "forbidden", message: `the header ${secretHeader} does not hold this worker's secret` };
  };
}

/** Takes as long as what was received is long, wherever the two differ, and however long the secret is. */
function equal(secret: string, received: string): boolean {
  let difference = secret.length ^ received.length;
  for (let index = 0; index < received.length; index++) {
    difference |= secret.charCodeAt(index % secret.length) ^ received.charCodeAt(index);
  }
  return difference === 0;
}
