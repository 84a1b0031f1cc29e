import { randomBytes } from "node:crypto";
import type { OAuthRequest } from "../engine/records.ts";
import { serviceAccountId } from "./service-account-id.ts";

const LIFETIME_S = 3600;

/** Minimum remaining lifetime of a token that is reused. */
const MIN_REMAINING_S = 300;

/** Tokens to remember at most. Beyond it the oldest is dropped. */
const MAX_TOKENS = 10_000;

/** The default scope: `OAuthToken.scope` in google/cloud/tasks/v2/target.proto. */
const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/** The response of Google's tokeninfo endpoint for an access token. Numbers and booleans are strings. */
export interface TokenInfo {
  readonly azp: string;
  readonly aud: string;
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly exp: string;
  /** Seconds. */
  readonly expires_in: string;
  readonly email: string;
  readonly email_verified: "true";
}

interface AccessToken {
  /** The requested account and scope. */
  readonly key: string;
  readonly token: string;
  readonly email: string;
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** Creates and looks up the OAuth access tokens of dispatches. Tokens are opaque, valid for an hour, and shared per account and scope. */
export class AccessTokens {
  readonly #now: () => number;
  /** The newest token per account and scope. */
  readonly #current = new Map<string, AccessToken>();
  readonly #issued = new Map<string, AccessToken>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns a token that is valid for at least five more minutes. */
  mint({ serviceAccountEmail: email, scope }: OAuthRequest): string {
    const now = this.#seconds();
    const key = JSON.stringify([email, scope]);
    const current = this.#current.get(key);
    if (current && current.exp - now >= MIN_REMAINING_S && current.exp - now <= LIFETIME_S) return current.token;
    this.#dropOld(now);
    const token = `ya29.emulator.${randomBytes(48).toString("base64url")}`;
    const issued = { key, token, email, scope: scope || CLOUD_PLATFORM, exp: now + LIFETIME_S };
    this.#current.set(key, issued);
    this.#issued.set(token, issued);
    return token;
  }

  /** Returns the details of a token, `undefined` if it is unknown or has expired. */
  info(token: string): TokenInfo | undefined {
    const issued = this.#issued.get(token);
    const now = this.#seconds();
    if (!issued || issued.exp <= now) return undefined;
    const { email, scope, exp } = issued;
    const id = serviceAccountId(email);
    return { azp: id, aud: id, scope, exp: `${exp}`, expires_in: `${exp - now}`, email, email_verified: "true" };
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #dropOld(now: number): void {
    for (const [token, { exp, key }] of this.#issued) {
      if (exp > now && this.#issued.size < MAX_TOKENS) return;
      this.#issued.delete(token);
      if (this.#current.get(key)?.token === token) this.#current.delete(key);
    }
  }
}
