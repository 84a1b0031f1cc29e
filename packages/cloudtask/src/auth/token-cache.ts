import { durationText } from "../core/duration.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { sharedCall } from "./shared-call.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** A token that is ready to be sent. */
interface CachedToken {
  readonly token: string;
  readonly quotaProject?: string | undefined;
}

/** A token source with a memory. */
export interface TokenCache {
  /** A token that is good now; not a promise where it is at hand. */
  get(): CachedToken | Promise<CachedToken>;
  /** Forgets a token that the API refused, so that the next `get()` asks the source. */
  invalidate(token: CachedToken): void;
}

// The metadata server hands out the same token until it is about to expire, and a new one from then on.
const EARLY_MS = 4 * 60_000;
// A source whose tokens never live longer than that, or whose renewal fails, is not asked again for every call.
const PAUSE_MS = 10_000;
/** How long a source may take. A call gives up sooner; one that never answers must not keep those who come later waiting too. */
const LIMIT_MS = 30_000;

/**
 * Remembers the token of a source: renews it in the background some minutes before its end, asks once for any number of
 * calls that wait, and lets a failed renewal pass while the old token is still good.
 *
 * @param source - where tokens come from
 * @param now - milliseconds since the epoch
 * @returns the cache
 *
 * @example
 * ```ts
 * const tokens = createTokenCache(() => metadata.token());
 * const { token } = await tokens.get();
 * ```
 */
export function createTokenCache(source: TokenSource, now: () => number = Date.now): TokenCache {
  let kept: AccessToken | undefined;
  let renewAt = 0;

  const ask = sharedCall(async (): Promise<CachedToken> => {
    const given = checked(await inTime(source()));
    if (!("expiresAt" in given)) return given;
    kept = given;
    renewAt = Math.max(given.expiresAt.getTime() - EARLY_MS, now() + PAUSE_MS);
    return given;
  });

  function renew(): void {
    renewAt = now() + PAUSE_MS;
    // The token at hand still serves, and once it no longer does, get() asks in the foreground and tells of the failure.
    ask().catch(() => undefined);
  }

  return {
    get() {
      const time = now();
      if (kept === undefined || kept.expiresAt.getTime() <= time) return ask();
      if (time >= renewAt) renew();
      return kept;
    },
    invalidate({ token }) {
      if (kept?.token === token) kept = undefined;
    },
  };
}

function inTime<T>(given: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new CredentialsError(`The token source gave no access token within ${durationText(LIMIT_MS)}.`));
    }, LIMIT_MS);
    Promise.resolve(given)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function checked(given: unknown): AccessToken | CachedToken {
  const bare = typeof given === "string" ? { token: given } : given;
  if (!isToken(bare)) throw malformed("expected a string, or { token, expiresAt: Date }");
  // What `gcloud auth print-access-token` prints ends with a newline.
  const token = bare.token.trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw malformed("the token is empty, or holds characters that no header can carry");
  if (!("expiresAt" in bare)) return { token };
  if (!(bare.expiresAt instanceof Date) || Number.isNaN(bare.expiresAt.getTime())) {
    throw malformed("expiresAt is not a valid Date");
  }
  return { ...bare, token, expiresAt: bare.expiresAt };
}

function isToken(given: unknown): given is { readonly token: string; readonly expiresAt?: unknown } {
  return typeof given === "object" && given !== null && "token" in given && typeof given.token === "string";
}

function malformed(complaint: string): CredentialsError {
  return new CredentialsError(`The token source gave no usable access token: ${complaint}.`);
}
