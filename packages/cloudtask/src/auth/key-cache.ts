import { errorMessage } from "../core/error-message.ts";
import { importKeys, type KeysById } from "./import-keys.ts";
import type { KeySource } from "./key-source.ts";
import { sharedCall } from "./shared-call.ts";

/** Options of a `KeyCache`. Times are in milliseconds. */
export interface KeyCacheOptions {
  /** The minimum time between an answer and the next request that an unknown key causes. */
  readonly intervalMs: number;
  /** The wait after a failure. Each further failure doubles it, up to 30 s. */
  readonly retryMs: number;
  /** Called if the keys could not be renewed and the old keys remain in use. */
  readonly onStale: (problem: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The keys of an issuer, ready for verification. */
export interface IssuerKeys {
  readonly issuers: readonly string[];
  readonly byId: KeysById;
}

/** The keys are unavailable, so a token can be neither accepted nor rejected. */
export class KeysUnavailableError extends Error {
  override readonly name = "KeysUnavailableError";
}

/** For an answer without a max-age. */
const DEFAULT_AGE_MS = 5 * 60_000;
const MIN_AGE_MS = 60_000;
const MAX_AGE_MS = 24 * 60 * 60_000;

/** The time for which old keys remain in use if they cannot be renewed. A revoked key must not remain in use for longer. */
const STALE_MS = 24 * 60 * 60_000;

const MAX_RETRY_MS = 30_000;

/**
 * Caches the keys of an issuer for as long as the issuer's answer allows. A token with an unknown key causes one more request.
 * The requests are at least `intervalMs` apart, so an unauthenticated caller with invented keys cannot cause many of them.
 * Concurrent calls share one request.
 */
export class KeyCache {
  readonly #source: KeySource;
  readonly #options: KeyCacheOptions;
  #keys: IssuerKeys | undefined;
  #freshUntil = 0;
  #nextRequestAt = 0;
  #failures = 0;
  #problem = "";
  /** Requests the keys, or waits for the request in progress. It never rejects. */
  readonly #refresh: () => Promise<void> = sharedCall(async () => {
    const leftMs = this.#nextRequestAt - this.#options.now();
    // A time further in the future was computed before the clock was set back.
    if (leftMs <= 0 || leftMs > Math.max(this.#options.intervalMs, MAX_RETRY_MS)) await this.#renew();
  });

  constructor(source: KeySource, options: KeyCacheOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** The cached keys; `undefined` if there are none, or if they must be renewed. */
  get fresh(): IssuerKeys | undefined {
    return this.#isFresh(0) ? this.#keys : undefined;
  }

  /**
   * Returns the keys of an issuer. If the cached keys do not match, it requests them again.
   *
   * @param matches - checks whether the keys can verify the token
   * @returns the cached keys if they match; otherwise the renewed keys, which may not match either
   * @throws KeysUnavailableError if the keys cannot be requested, and there are no matching cached keys
   */
  async get(matches: (keys: IssuerKeys) => boolean): Promise<IssuerKeys> {
    const { fresh } = this;
    if (fresh !== undefined && matches(fresh)) return fresh;
    await this.#refresh();
    const keys = this.#isFresh(STALE_MS) ? this.#keys : undefined;
    if (keys !== undefined && (this.#failures === 0 || matches(keys))) return keys;
    throw new KeysUnavailableError(`the keys of ${this.#source.name} are unavailable: ${this.#problem}`);
  }

  /**
   * Returns keys that are newer than `keys`, which could not verify a token: the endpoint may have answered with a damaged key.
   * Requests them if the last request is long enough ago.
   *
   * @returns `undefined` if there are none
   */
  async newerThan(keys: IssuerKeys): Promise<IssuerKeys | undefined> {
    if (this.fresh === keys) await this.#refresh();
    return this.fresh === keys ? undefined : this.fresh;
  }

  /** Keys that seem to be fresh for longer than the maximum were requested before the clock was set back. */
  #isFresh(graceMs: number): boolean {
    const leftMs = this.#freshUntil - this.#options.now();
    return leftMs > -graceMs && leftMs <= MAX_AGE_MS;
  }

  async #renew(): Promise<void> {
    const { now, intervalMs, retryMs, onStale } = this.#options;
    // Set before the answer arrives. If requests cannot be shared, each of many concurrent requests from an unauthenticated
    // caller would otherwise request the keys. Without any keys there is no alternative.
    if (this.#keys !== undefined) this.#nextRequestAt = now() + intervalMs;
    try {
      const { issuers, keys, maxAgeMs = DEFAULT_AGE_MS } = await this.#source.fetch();
      this.#keys = { issuers, byId: await importKeys(keys) };
      this.#failures = 0;
      this.#freshUntil = now() + Math.min(Math.max(maxAgeMs, MIN_AGE_MS), MAX_AGE_MS);
      this.#nextRequestAt = now() + intervalMs;
    } catch (error) {
      this.#problem = errorMessage(error);
      this.#nextRequestAt = now() + Math.min(retryMs * 2 ** this.#failures, MAX_RETRY_MS);
      this.#failures += 1;
      if (this.#keys !== undefined) onStale(`the keys of ${this.#source.name} could not be renewed: ${this.#problem}`);
    }
  }
}
