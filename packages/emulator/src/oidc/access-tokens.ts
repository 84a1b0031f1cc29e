import { randomBytes } from "node:crypto";
import type { OAuthRequest } from "../engine/records.ts";
import { serviceAccountId } from "./service-account-id.ts";

const LIFETIME_S = 3600;

/** A token that is handed out is good for at least this long: so long before its end, attempts get a new one. */
const LEAST_LEFT_S = 300;

/** Beyond so many tokens, the oldest are forgotten. */
const MOST_TOKENS = 10_000;

/** The scope where none is set: `OAuthToken.scope` in google/cloud/tasks/v2/target.proto. */
const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";

/** What Google's tokeninfo tells of an access token, which writes numbers and truths as texts. */
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
  /** The account and the scope that were asked for. */
  readonly key: string;
  readonly token: string;
  readonly email: string;
  readonly scope: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** The OAuth access tokens of dispatches: opaque, valid for an hour, one for each account and scope at a time. */
export class AccessTokens {
  readonly #now: () => number;
  /** The one to hand out, by account and scope. */
  readonly #current = new Map<string, AccessToken>();
  readonly #issued = new Map<string, AccessToken>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @returns a token that is valid for another five minutes at least */
  mint({ serviceAccountEmail: email, scope }: OAuthRequest): string {
    const now = this.#seconds();
    const key = JSON.stringify([email, scope]);
    const current = this.#current.get(key);
    if (current && current.exp - now >= LEAST_LEFT_S && current.exp - now <= LIFETIME_S) return current.token;
    this.#forgetOld(now);
    const token = `ya29.emulator.${randomBytes(48).toString("base64url")}`;
    const issued = { key, token, email, scope: scope || CLOUD_PLATFORM, exp: now + LIFETIME_S };
    this.#current.set(key, issued);
    this.#issued.set(token, issued);
    return token;
  }

  /** @returns what the token stands for, undefined where it is not one of these, or no longer valid */
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

  #forgetOld(now: number): void {
    for (const [token, { exp, key }] of this.#issued) {
      if (exp > now && this.#issued.size < MOST_TOKENS) return;
      this.#issued.delete(token);
      if (this.#current.get(key)?.token === token) this.#current.delete(key);
    }
  }
}
