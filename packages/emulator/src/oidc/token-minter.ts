import { createHash, generateKeyPair, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import type { OidcRequest } from "../engine/records.ts";

const LIFETIME_S = 3600;

/** Signing costs about a millisecond: attempts within this time share a token, which still has 59 minutes to live. */
const SHARED_MS = 60_000;

/** Audiences are often one URL per task: beyond this many tokens, all are forgotten. */
const MOST_TOKENS = 1_000;

const generateKeys = promisify(generateKeyPair);
const signAsync = promisify(sign);

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly alg: "RS256";
  readonly use: "sig";
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

interface SigningKey {
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;
}

interface SharedToken {
  readonly token: Promise<string>;
  readonly mintedAt: number;
}

/** What a minter needs of the emulator around it. */
export interface MinterOptions {
  readonly now: () => number;
  /** The issuer: where the discovery document is served. */
  readonly issuer: () => string;
}

/**
 * Mints the OIDC tokens of dispatches: RS256, with a key of this emulator alone, made when the first token or the key set
 * is asked for, because that takes longer than all the rest of a start.
 */
export class TokenMinter {
  readonly #options: MinterOptions;
  readonly #tokens = new Map<string, SharedToken>();
  #key: Promise<SigningKey> | undefined;

  constructor(options: MinterOptions) {
    this.#options = options;
  }

  /**
   * @param oidc - the account and, if set, the audience
   * @param url - the target: the audience where none is set
   * @returns a signed token, valid for an hour from now
   */
  mint({ serviceAccountEmail, audience }: OidcRequest, url: string): Promise<string> {
    const now = this.#options.now();
    const aud = audience || url;
    const key = JSON.stringify([serviceAccountEmail, aud]);
    const shared = this.#tokens.get(key);
    if (shared && now >= shared.mintedAt && now < shared.mintedAt + SHARED_MS) return shared.token;
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.clear();
    const token = this.#sign(this.#claims(serviceAccountEmail, aud, Math.floor(now / 1000)));
    this.#tokens.set(key, { token, mintedAt: now });
    return token;
  }

  /** The key set that verifies the tokens. */
  async jwks(): Promise<{ readonly keys: readonly PublicJwk[] }> {
    return { keys: [(await this.#signingKey()).jwk] };
  }

  #claims(email: string, aud: string, iat: number): Readonly<Record<string, unknown>> {
    const subject = subjectOf(email);
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
    this.#key ??= newKey();
    return this.#key;
  }
}

async function newKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeys("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  // RFC 7638: the thumbprint is over these members, in this order.
  const kid = createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
  return { privateKey, jwk: { kty: "RSA", alg: "RS256", use: "sig", kid, n, e } };
}

function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

/** A service account's unique id is a number of 21 digits; this one is always the same for an email. */
function subjectOf(email: string): string {
  const hash = createHash("sha256").update(email).digest().readBigUInt64BE();
  return `1${String(hash).padStart(20, "0")}`;
}
