import type { JWTPayload } from "jose";
import { printable } from "../core/printable.ts";
import { type IssuerKeys, KeyCache, KeysUnavailableError } from "./key-cache.ts";
import type { KeySource } from "./key-source.ts";
import { loadJose } from "./load-jose.ts";
import { claimMismatch, type ExpectedClaims } from "./token-claims.ts";
import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/** Options of a `TokenVerifier`. */
export interface TokenVerifierOptions {
  readonly source: KeySource;
  readonly expected: ExpectedClaims;
  /** The minimum time between two key requests that unauthenticated callers can cause, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /**
   * `true` if a token is checked against its own issue time instead of this machine's clock, because a test can set the clock of
   * an emulator. Default `false`.
   */
  readonly useIssueTime?: boolean | undefined;
  /** Called if the keys could not be renewed and the old keys remain in use. */
  readonly onStale?: ((problem: string) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** The tolerated difference between the clocks. */
const LEEWAY_S = 30;

/** Many deliveries carry the same token, so valid tokens are remembered and not verified again. */
const MAX_REMEMBERED = 500;

/**
 * Cloud Run replaces the signature with this text. Source: https://cloud.google.com/run/docs/troubleshooting#signature-removed
 */
const REMOVED_SIGNATURE = ".SIGNATURE_REMOVED_BY_GOOGLE";

/** The unverified fields of a token that select its key. */
interface UnverifiedToken {
  readonly issuer: unknown;
  readonly keyId: string;
  readonly issuedAt: unknown;
}

interface Verified {
  readonly payload: JWTPayload;
  /** The keys that verified it. */
  readonly keys: IssuerKeys;
}

interface Remembered {
  /** The keys that verified the token. If they are replaced, it must be verified again. */
  readonly keys: IssuerKeys;
  readonly untilMs: number;
}

/** Verifies the OIDC tokens of Cloud Tasks. */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #now: () => number;
  readonly #keys: KeyCache;
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: TokenVerifierOptions) {
    const { source, intervalMs = 10_000, onStale = () => undefined, now = () => Date.now() } = options;
    this.#options = options;
    this.#now = now;
    this.#keys = new KeyCache(source, { intervalMs, retryMs: Math.min(intervalMs, 1_000), onStale, now });
  }

  /** Returns the rejection of a token, or a promise of it; `undefined` if the token is valid. */
  check(token: string): undefined | Promise<TokenRejection | undefined> {
    return this.#isRemembered(token) ? undefined : this.#checkUnknown(token);
  }

  async #checkUnknown(token: string): Promise<TokenRejection | undefined> {
    const unverified = await readUnverified(token);
    if ("kind" in unverified) return unverified;
    try {
      return await this.#verify(token, unverified);
    } catch (error) {
      return error instanceof KeysUnavailableError ? keysUnavailable(error.message) : rejectionOf(error);
    }
  }

  async #verify(token: string, unverified: UnverifiedToken): Promise<TokenRejection | undefined> {
    const { issuer, keyId } = unverified;
    const isFromIssuer = ({ issuers }: IssuerKeys): boolean => issuers.some((each) => each === issuer);
    const found = await this.#keys.get((known) => isFromIssuer(known) && known.byId.has(keyId));
    if (!isFromIssuer(found)) {
      return invalidToken(`its issuer is ${printable(issuer)}, expected ${found.issuers.map(printable).join(" or ")}`);
    }
    if (!found.byId.has(keyId)) return invalidToken(`its issuer has no key ${printable(keyId)}`);
    const { payload, keys } = await this.#verifySignature(token, found, unverified);
    const mismatch = claimMismatch(payload, this.#options.expected);
    if (mismatch === undefined) return this.#remember(token, keys, payload);
    const message = `the OIDC token is not for this worker: ${mismatch}`;
    return { kind: "forbidden", message, detail: message };
  }

  /** Checks signature, issuer and times. If no key fits the signature, newer keys are tried. */
  async #verifySignature(token: string, found: IssuerKeys, unverified: UnverifiedToken): Promise<Verified> {
    try {
      return await this.#tryKeys(token, found, unverified);
    } catch (error) {
      const { errors } = await loadJose();
      const hasWrongSignature = error instanceof errors.JWSSignatureVerificationFailed;
      const newer = hasWrongSignature ? await this.#keys.newerThan(found) : undefined;
      if (newer?.byId.has(unverified.keyId)) return this.#tryKeys(token, newer, unverified);
      throw error;
    }
  }

  async #tryKeys(token: string, keys: IssuerKeys, { keyId, issuedAt }: UnverifiedToken): Promise<Verified> {
    const { errors, jwtVerify } = await loadJose();
    const options = {
      algorithms: ["RS256"],
      issuer: [...keys.issuers],
      requiredClaims: ["exp"],
      clockTolerance: LEEWAY_S,
      currentDate: this.#timeFor(issuedAt),
    };
    let failure: unknown;
    for (const key of keys.byId.get(keyId) ?? []) {
      try {
        const { payload } = await jwtVerify(token, key, options);
        return { payload, keys };
      } catch (error) {
        failure = error;
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) break;
      }
    }
    throw failure;
  }

  #timeFor(issuedAt: unknown): Date {
    const own = new Date(Number(issuedAt) * 1000);
    return this.#options.useIssueTime && !Number.isNaN(own.getTime()) ? own : new Date(this.#now());
  }

  #isRemembered(token: string): boolean {
    const remembered = this.#remembered.get(token);
    if (remembered === undefined) return false;
    if (remembered.keys === this.#keys.fresh && this.#now() < remembered.untilMs) return true;
    this.#remembered.delete(token);
    return false;
  }

  #remember(token: string, keys: IssuerKeys, { exp = 0 }: JWTPayload): undefined {
    const [oldest] = this.#remembered.size < MAX_REMEMBERED ? [] : this.#remembered.keys();
    if (oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(token, { keys, untilMs: this.#options.useIssueTime ? Number.POSITIVE_INFINITY : exp * 1000 });
  }
}

/** Returns the fields that select the key, or the rejection if the token is malformed. */
async function readUnverified(token: string): Promise<UnverifiedToken | TokenRejection> {
  if (token.endsWith(REMOVED_SIGNATURE)) {
    const message =
      "the OIDC token's signature was removed, as private Cloud Run services do after verification: " +
      'set the worker\'s `verify: "platform"`';
    return { kind: "unauthenticated", message, detail: message };
  }
  const { decodeJwt, decodeProtectedHeader } = await loadJose();
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const { iss, iat } = decodeJwt(token);
    if (alg !== "RS256") return invalidToken(`its algorithm is ${printable(alg)}, expected "RS256"`);
    return typeof kid === "string" ? { issuer: iss, keyId: kid, issuedAt: iat } : invalidToken("it has no key id");
  } catch {
    return invalidToken("it is not a JSON Web Token");
  }
}

/** The answer states that a valid token has expired, but no other detail. Other details are only in the log. */
async function rejectionOf(error: unknown): Promise<TokenRejection> {
  const { errors } = await loadJose();
  if (error instanceof errors.JWTExpired) {
    const message = `the OIDC token expired at ${instant(error.payload.exp)}`;
    return { kind: "unauthenticated", message, detail: message };
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf") {
    const message = `the OIDC token is not valid before ${instant(error.payload.nbf)}; is this machine's clock right?`;
    return { kind: "unauthenticated", message, detail: message };
  }
  if (error instanceof errors.JOSEError) return invalidToken(`${error.code}, ${printable(error.message)}`);
  // Any other error means that the key is unusable, for example too short. The token may be valid.
  return keysUnavailable(`a key of its issuer cannot be used: ${printable(String(error))}`);
}

function keysUnavailable(detail: string): TokenRejection {
  return { kind: "keys-unavailable", message: "the OIDC token cannot be verified at present", detail };
}

/** Formats seconds since the epoch as a date. */
function instant(seconds: unknown): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}
