import type { JWTPayload } from "jose";
import { printable } from "../core/printable.ts";
import { KeyCache, KeysUnavailable, type KnownKeys } from "./key-cache.ts";
import type { KeySource } from "./key-source.ts";
import { loadJose } from "./load-jose.ts";
import { claimMismatch, type ExpectedClaims } from "./token-claims.ts";
import { invalidToken, type TokenRejection } from "./token-rejection.ts";

/** How tokens are verified. */
export interface TokenVerifierOptions {
  readonly source: KeySource;
  readonly expected: ExpectedClaims;
  /** The least time between two requests for keys that strangers can cause, in milliseconds. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /**
   * Whether a token is judged by the time at which it was made, and not by this machine's: the clock of an emulator is
   * turned by hand. Default `false`.
   */
  readonly ownTime?: boolean | undefined;
  /** Told where keys could not be renewed, and the old ones serve on. */
  readonly onStale?: ((problem: string) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
}

/** For clocks that do not quite agree. */
const LEEWAY_S = 30;

/** A token that comes with many deliveries need not cost each of them a signature. Only good ones are here. */
const MAX_REMEMBERED = 500;

/** What Cloud Run leaves in place of a signature. Source: https://cloud.google.com/run/docs/troubleshooting#signature-removed */
const REMOVED_SIGNATURE = ".SIGNATURE_REMOVED_BY_GOOGLE";

/** What an unverified token says of itself, as far as it decides which key must fit it. */
interface Peek {
  readonly issuer: unknown;
  readonly keyId: string;
  readonly issuedAt: unknown;
}

interface Remembered {
  /** A token is as good as the keys that it was verified by. */
  readonly keys: KnownKeys;
  readonly untilMs: number;
}

/** Verifies the OIDC tokens that Cloud Tasks attaches. */
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

  /**
   * @param token - in three parts
   * @returns why it is refused; `undefined` where it is good
   */
  async check(token: string): Promise<TokenRejection | undefined> {
    if (this.#isRemembered(token)) return undefined;
    const peek = await peekInto(token);
    if ("kind" in peek) return peek;
    try {
      return await this.#verify(token, peek);
    } catch (error) {
      return error instanceof KeysUnavailable ? keysUnavailable(error.message) : refusalOf(error);
    }
  }

  async #verify(token: string, { issuer, keyId, issuedAt }: Peek): Promise<TokenRejection | undefined> {
    const isOf = ({ issuers }: KnownKeys): boolean => issuers.some((each) => each === issuer);
    const keys = await this.#keys.get((known) => isOf(known) && known.ids.has(keyId));
    if (!isOf(keys)) {
      return invalidToken(
        `its issuer is ${printable(issuer)} where ${keys.issuers.map(printable).join(" or ")} is expected`,
      );
    }
    if (!keys.ids.has(keyId)) return invalidToken(`its key ${printable(keyId)} is none of its issuer's`);
    const { jwtVerify } = await loadJose();
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms: ["RS256"],
      issuer: [...keys.issuers],
      requiredClaims: ["exp"],
      clockTolerance: LEEWAY_S,
      currentDate: this.#timeFor(issuedAt),
    });
    const wrong = claimMismatch(payload, this.#options.expected);
    if (wrong === undefined) return this.#remember(token, keys, payload);
    const message = `the OIDC token is not for this worker: ${wrong}`;
    return { kind: "forbidden", message, detail: message };
  }

  #timeFor(issuedAt: unknown): Date {
    const own = new Date(Number(issuedAt) * 1000);
    return this.#options.ownTime && !Number.isNaN(own.getTime()) ? own : new Date(this.#now());
  }

  #isRemembered(token: string): boolean {
    const remembered = this.#remembered.get(token);
    if (remembered === undefined) return false;
    if (remembered.keys === this.#keys.fresh && this.#now() < remembered.untilMs) return true;
    this.#remembered.delete(token);
    return false;
  }

  #remember(token: string, keys: KnownKeys, { exp = 0 }: JWTPayload): undefined {
    const [oldest] = this.#remembered.size < MAX_REMEMBERED ? [] : this.#remembered.keys();
    if (oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.set(token, { keys, untilMs: this.#options.ownTime ? Number.POSITIVE_INFINITY : exp * 1000 });
  }
}

/** @returns what decides which key must fit; or what is wrong with the token, before any key is looked for */
async function peekInto(token: string): Promise<Peek | TokenRejection> {
  if (token.endsWith(REMOVED_SIGNATURE)) {
    const message =
      "the OIDC token's signature was taken out, as private Cloud Run services do once they have verified it: " +
      'see the worker\'s `verify: "platform"`';
    return { kind: "unauthenticated", message, detail: message };
  }
  const { decodeJwt, decodeProtectedHeader } = await loadJose();
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const { iss, iat } = decodeJwt(token);
    if (alg !== "RS256") return invalidToken(`its algorithm is ${printable(alg)} where "RS256" is expected`);
    return typeof kid === "string" ? { issuer: iss, keyId: kid, issuedAt: iat } : invalidToken("it names no key");
  } catch {
    return invalidToken("it is not the JSON of a signed token");
  }
}

/** An expired token that was good tells its holder nothing new; of anything else only the log hears. */
async function refusalOf(error: unknown): Promise<TokenRejection> {
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
  // What else fails is the key itself, one that is too short, say: nobody can tell whether the token is good.
  return keysUnavailable(`a key of its issuer cannot be used: ${printable(String(error))}`);
}

function keysUnavailable(detail: string): TokenRejection {
  return { kind: "keys-unavailable", message: "the OIDC token cannot be verified at present", detail };
}

/** Seconds since the epoch, as a date where they are one. */
function instant(seconds: unknown): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? "an unknown time" : date.toISOString();
}
