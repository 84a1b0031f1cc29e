import { durationText } from "../core/duration.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { sharedCall } from "./shared-call.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** A token that can be sent. */
interface CachedToken {
  readonly token: string;
  readonly quotaProject?: string | undefined;
}

/** Caches the token of a source. */
export interface TokenCache {
  /** Returns a valid token. It is not a promise if the token is already cached. */
  get(): CachedToken | Promise<CachedToken>;
  /** Removes a token that the API rejected. The next `get()` then calls the source. */
  invalidate(token: CachedToken): void;
}

// The metadata server returns the same token until shortly before its expiry.
const EARLY_MS = 4 * 60_000;
// The minimum time between renewals, for tokens with a short lifetime and after a failed renewal.
const PAUSE_MS = 10_000;
/** Time limit of a source. An API call ends sooner, but without a limit later calls would wait for the same hanging call. */
const LIMIT_MS = 30_000;

/**
 * Creates a cache for the token of a source. It renews the token in the background some minutes before its expiry, and calls
 * the source once for concurrent calls. While the old token is valid, it ignores a failed renewal.
 *
 * @param now - returns milliseconds since the epoch
 *
 * @example
 * ```ts
 * const tokens = createTokenCache(() => metadata.token());
 * const { token } = await tokens.get();
 * ```
 */
export function createTokenCache(source: TokenSource, now: () => number = Date.now): TokenCache {
  let cached: AccessToken | undefined;
  let renewAt = 0;

  const request = sharedCall(async (): Promise<CachedToken> => {
    const returned = checkToken(await withLimit(source()));
    if (!("expiresAt" in returned)) return returned;
    cached = returned;
    renewAt = Math.max(returned.expiresAt.getTime() - EARLY_MS, now() + PAUSE_MS);
    return returned;
  });

  function renew(): void {
    renewAt = now() + PAUSE_MS;
    // The cached token is still valid. After its expiry, get() waits for the source and reports a failure.
    request().catch(() => undefined);
  }

  return {
    get() {
      const time = now();
      if (cached === undefined || cached.expiresAt.getTime() <= time) return request();
      if (time >= renewAt) renew();
      return cached;
    },
    invalidate({ token }) {
      if (cached?.token === token) cached = undefined;
    },
  };
}

function withLimit<T>(token: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new CredentialsError(`The token source returned no access token within ${durationText(LIMIT_MS)}.`));
    }, LIMIT_MS);
    Promise.resolve(token)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function checkToken(value: unknown): AccessToken | CachedToken {
  const bare = typeof value === "string" ? { token: value } : value;
  if (!isToken(bare)) throw malformed("expected a string, or { token, expiresAt: Date }");
  // The output of `gcloud auth print-access-token` ends with a newline.
  const token = bare.token.trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw malformed("the token is empty or contains characters that a header cannot contain");
  if (!("expiresAt" in bare)) return { token };
  if (!(bare.expiresAt instanceof Date) || Number.isNaN(bare.expiresAt.getTime())) {
    throw malformed("expiresAt is not a valid Date");
  }
  return { ...bare, token, expiresAt: bare.expiresAt };
}

function isToken(value: unknown): value is { readonly token: string; readonly expiresAt?: unknown } {
  return typeof value === "object" && value !== null && "token" in value && typeof value.token === "string";
}

function malformed(problem: string): CredentialsError {
  return new CredentialsError(`The token source returned no usable access token: ${problem}.`);
}
