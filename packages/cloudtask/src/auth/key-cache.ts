import type { JWTVerifyGetKey } from "jose";
import { errorMessage } from "../core/error-message.ts";
import type { KeySource, SigningKeys } from "./key-source.ts";
import { loadJose } from "./load-jose.ts";
import { sharedCall } from "./shared-call.ts";

/** How often a source is asked. All in milliseconds. */
export interface KeyCacheOptions {
  /** The least time from an answer to the next request that an unknown key may cause. */
  readonly intervalMs: number;
  /** The wait after a failure; each further one doubles it, up to 30 s. */
  readonly retryMs: number;
  /** Told where keys could not be renewed, and the old ones serve on. */
  readonly onStale: (problem: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Keys that are known. */
export interface KnownKeys {
  readonly issuers: readonly string[];
  /** The ids of the keys. */
  readonly ids: ReadonlySet<string>;
  /** Finds the key of a token, as jose asks for it. */
  readonly find: JWTVerifyGetKey;
}

/** No key can be had, so nobody can tell whether a token is good. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** Where an answer does not say how long it may be kept. */
const DEFAULT_AGE_MS = 5 * 60_000;
const MIN_AGE_MS = 60_000;
const MAX_AGE_MS = 24 * 60 * 60_000;

/** How long keys serve on when they cannot be renewed. Bounded, so that a key that was withdrawn does not serve for ever. */
const STALE_MS = 24 * 60 * 60_000;

const MAX_RETRY_MS = 30_000;

/**
 * Remembers the keys of an issuer for as long as its answer allows. A token that they do not fit makes it ask once more,
 * but no more often than `intervalMs`, so that a stranger with keys he made up cannot make it ask for ever. Any number of
 * calls wait for one request.
 */
export class KeyCache {
  readonly #source: KeySource;
  readonly #options: KeyCacheOptions;
  #known: KnownKeys | undefined;
  #freshUntil = 0;
  #askableAt = 0;
  #failures = 0;
  #problem = "";
  /** Asks the source, or waits for the answer that is under way. It never rejects. */
  readonly #ask: () => Promise<void> = sharedCall(async () => {
    const leftMs = this.#askableAt - this.#options.now();
    // One that lies further ahead was made before the clock was set back.
    if (leftMs <= 0 || leftMs > Math.max(this.#options.intervalMs, MAX_RETRY_MS)) await this.#renew();
  });

  constructor(source: KeySource, options: KeyCacheOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** The keys at hand; `undefined` where there are none, or they are to be renewed. */
  get fresh(): KnownKeys | undefined {
    return this.#isFresh(0) ? this.#known : undefined;
  }

  /**
   * @param fits - whether keys are those of the token at hand
   * @returns the keys at hand where they fit, else those of a new answer, whether they fit or not
   * @throws KeysUnavailable where none are known, or those that are known do not fit and cannot be renewed
   */
  async get(fits: (keys: KnownKeys) => boolean): Promise<KnownKeys> {
    const { fresh } = this;
    if (fresh !== undefined && fits(fresh)) return fresh;
    await this.#ask();
    const known = this.#isFresh(STALE_MS) ? this.#known : undefined;
    if (known !== undefined && (this.#failures === 0 || fits(known))) return known;
    throw new KeysUnavailable(`the keys of ${this.#source.name} cannot be had: ${this.#problem}`);
  }

  /** By a clock that may be set: keys that seem to be fresh for longer than any are were had before it was set back. */
  #isFresh(graceMs: number): boolean {
    const leftMs = this.#freshUntil - this.#options.now();
    return leftMs > -graceMs && leftMs <= MAX_AGE_MS;
  }

  async #renew(): Promise<void> {
    const { now, intervalMs, retryMs, onStale } = this.#options;
    // Before the answer is there: where each request asks for itself, a stranger's many at once would each ask. Those that
    // have no keys at all have nothing else to go by.
    if (this.#known !== undefined) this.#askableAt = now() + intervalMs;
    try {
      const { maxAgeMs = DEFAULT_AGE_MS, ...keys } = await this.#source.fetch();
      this.#known = await knownKeys(keys);
      this.#failures = 0;
      this.#freshUntil = now() + Math.min(Math.max(maxAgeMs, MIN_AGE_MS), MAX_AGE_MS);
      this.#askableAt = now() + intervalMs;
    } catch (error) {
      this.#problem = errorMessage(error);
      this.#askableAt = now() + Math.min(retryMs * 2 ** this.#failures, MAX_RETRY_MS);
      this.#failures += 1;
      if (this.#known !== undefined) onStale(`the keys of ${this.#source.name} could not be renewed: ${this.#problem}`);
    }
  }
}

async function knownKeys({ issuers, jwks }: Omit<SigningKeys, "maxAgeMs">): Promise<KnownKeys> {
  const { createLocalJWKSet } = await loadJose();
  return { issuers, ids: new Set(jwks.keys.map(({ kid }) => kid ?? "")), find: createLocalJWKSet(jwks) };
}
