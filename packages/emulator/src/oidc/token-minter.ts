import { sign } from "node:crypto";
import { promisify } from "node:util";
import type { EngineState } from "../engine/engine-state.ts";
import type { OAuthRequest, OidcRequest } from "../engine/records.ts";
import { AccessTokens, type TokenInfo } from "./access-tokens.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";
import { serviceAccountId } from "./service-account-id.ts";
import { type PublicJwk, type SigningKey, signingKey } from "./signing-key.ts";

const LIFETIME_S = 3600;

/** Signing costs about a millisecond: attempts within this time share a token, which still has 59 minutes to live. */
const SHARED_MS = 60_000;

/** Audiences are often one URL per task: beyond this many tokens, all are forgotten. */
const MOST_TOKENS = 1_000;

const signAsync = promisify(sign);

interface SharedToken {
  readonly token: Promise<string>;
  readonly mintedAt: number;
}

/** What a minter needs of the emulator around it. */
export interface MinterOptions {
  readonly now: () => number;
  /** The issuer: where the discovery document is served. */
  readonly issuer: () => string;
  /** Where the signing key is kept. */
  readonly engine: EngineState;
}

/**
 * Mints the tokens of dispatches. OIDC tokens are RS256, with a key of this emulator alone, made when the first token or the
 * key set is asked for, because that takes longer than all the rest of a start.
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
   * @param authorization - the account and, if set, the audience or the scope
   * @param url - the target: the audience where none is set
   * @returns a signed OIDC token, valid for an hour from now, or an OAuth access token
   */
  async mint(authorization: OidcRequest | OAuthRequest, url: string): Promise<string> {
    if (authorization.kind === "oauth") return this.#accessTokens.mint(authorization);
    return this.#sharedToken(authorization.serviceAccountEmail, authorization.audience || url);
  }

  /** The key set that verifies the OIDC tokens. */
  async jwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    return { keys: [(await this.#signingKey()).jwk] };
  }

  /** The same key as Google publishes its own at https://www.googleapis.com/oauth2/v1/certs: in a certificate, by its id. */
  async certs(): Promise<Readonly<Record<string, string>>> {
    const key = await this.#signingKey();
    return { [key.jwk.kid]: selfSignedCertificate(key, "Cloud Tasks emulator") };
  }

  /** @returns what an OAuth access token stands for; undefined where it is none of this emulator's, or has expired */
  tokenInfo(token: string): TokenInfo | undefined {
    return this.#accessTokens.info(token);
  }

  #sharedToken(email: string, aud: string): Promise<string> {
    const now = this.#options.now();
    const key = JSON.stringify([email, aud]);
    const shared = this.#tokens.get(key);
    if (shared && now >= shared.mintedAt && now < shared.mintedAt + SHARED_MS) return shared.token;
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.clear();
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
