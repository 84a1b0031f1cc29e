import { sign } from "node:crypto";
import { promisify } from "node:util";
import type { EngineState } from "../engine/engine-state.ts";
import type { OAuthRequest, OidcRequest } from "../engine/records.ts";
import { AccessTokens, type TokenInfo } from "./access-tokens.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";
import { serviceAccountId } from "./service-account-id.ts";
import { type PublicJwk, type SigningKey, signingKey } from "./signing-key.ts";

const LIFETIME_S = 3600;

/** Signing takes about a millisecond. Attempts within this time share a token, which is valid for 59 more minutes. */
const SHARED_MS = 60_000;

/** Cached tokens at most. The audience is often a URL per task, so beyond it the cache is cleared. */
const MAX_TOKENS = 1_000;

const signAsync = promisify(sign);

interface SharedToken {
  readonly token: Promise<string>;
  readonly mintedAt: number;
}

/** Options of a token minter. */
export interface MinterOptions {
  readonly now: () => number;
  /** Returns the issuer: the URL that serves the discovery document. */
  readonly issuer: () => string;
  /** Stores the signing key. */
  readonly engine: EngineState;
}

/**
 * Creates the tokens of dispatches. OIDC tokens are signed with RS256 and a key of this emulator. The key is created when the
 * first token or the key set is requested, because that takes longer than the rest of the start.
 */
export class TokenMinter {
  readonly #options: MinterOptions;
  readonly #tokens = new Map<string, SharedToken>();
  readonly #accessTokens: AccessTokens;
  #key: Promise<SigningKey> | undefined;

  constructor(options: MinterOptions) {
    this.#options = options;
    this.#accessTokens = new AccessTokens(options.now);
  }

  /**
   * Creates a token or returns a recent one.
   *
   * @param authorization - the account and, optionally, the audience or the scope
   * @param url - the URL of the target: the default audience
   * @returns a signed OIDC token or an opaque OAuth access token
   */
  async mint(authorization: OidcRequest | OAuthRequest, url: string): Promise<string> {
    if (authorization.kind === "oauth") return this.#accessTokens.mint(authorization);
    return this.#sharedToken(authorization.serviceAccountEmail, authorization.audience || url);
  }

  /** Returns the key set that verifies the OIDC tokens. */
  async jwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    return { keys: [(await this.#signingKey()).jwk] };
  }

  /** Returns the same key as a certificate by key id, in the format of https://www.googleapis.com/oauth2/v1/certs. */
  async certs(): Promise<Readonly<Record<string, string>>> {
    const key = await this.#signingKey();
    return { [key.jwk.kid]: selfSignedCertificate(key, "Cloud Tasks emulator") };
  }

  /** Returns the details of an OAuth access token, `undefined` if it is unknown or has expired. */
  tokenInfo(token: string): TokenInfo | undefined {
    return this.#accessTokens.info(token);
  }

  #sharedToken(email: string, aud: string): Promise<string> {
    const now = this.#options.now();
    const key = JSON.stringify([email, aud]);
    const shared = this.#tokens.get(key);
    if (shared && now >= shared.mintedAt && now < shared.mintedAt + SHARED_MS) return shared.token;
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.clear();
    const token = this.#sign(this.#claims(email, aud, Math.floor(now / 1000)));
    this.#tokens.set(key, { token, mintedAt: now });
    return token;
  }

  #claims(email: string, aud: string, iat: number): Readonly<Record<string, unknown>> {
    const subject = serviceAccountId(email);
    const iss = this.#options.issuer();
    return { iss, aud, azp: subject, sub: subject, email, email_verified: true, iat, exp: iat + LIFETIME_S };
  }

  async #sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { privateKey, jwk } = await this.#signingKey();
    const signed = `${encode({ alg: "RS256", typ: "JWT", kid: jwk.kid })}.${encode(claims)}`;
    const signature = await signAsync("RSA-SHA256", Buffer.from(signed), privateKey);
    return `${signed}.${signature.toString("base64url")}`;
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= signingKey(this.#options.engine);
    return this.#key;
  }
}

function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
