import type { JSONWebKeySet } from "jose";
import { type FetchOptions, fetchJson } from "./fetch-json.ts";

/** Who signs tokens, and with which keys, at one time. */
export interface SigningKeys {
  /** What the tokens may name as their issuer. */
  readonly issuers: readonly string[];
  readonly jwks: JSONWebKeySet;
  /** How long they may be kept, in milliseconds; `undefined` where nobody said. */
  readonly maxAgeMs: number | undefined;
}

/** Where the keys of an issuer are had. */
export interface KeySource {
  /** Whose keys they are, for messages. */
  readonly name: string;
  /**
   * @returns the keys as they are now
   * @throws Error that says what failed
   */
  readonly fetch: () => Promise<SigningKeys>;
}

/** Source: https://accounts.google.com/.well-known/openid-configuration, `jwks_uri`. */
const GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs";

/**
 * Tokens of Google name one of these. Source: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
 */
export const GOOGLE_ISSUERS: readonly string[] = ["https://accounts.google.com", "accounts.google.com"];

/**
 * @param options - for tests
 * @returns the keys that Google signs with
 */
export function googleKeys(options: FetchOptions = {}): KeySource {
  return {
    name: "Google",
    async fetch() {
      const { json, maxAgeMs } = await fetchJson(GOOGLE_KEYS_URL, options);
      return { issuers: GOOGLE_ISSUERS, jwks: keysOf(json, GOOGLE_KEYS_URL), maxAgeMs };
    },
  };
}

/**
 * The keys of an emulator, by OpenID Connect discovery. Whatever name its issuer has, they are fetched from the emulator
 * that the client is pointed at: that name need not lead anywhere from here.
 *
 * @param url - the emulator's base URL
 * @param options - for tests
 * @returns its keys
 */
export function emulatorKeys(url: string, options: FetchOptions = {}): KeySource {
  return {
    name: `the emulator at ${url}`,
    async fetch() {
      const discoveryUrl = `${url}/.well-known/openid-configuration`;
      const { issuer, jwks_uri: jwksUri } = Object((await fetchJson(discoveryUrl, options)).json);
      if (typeof issuer !== "string" || typeof jwksUri !== "string" || !URL.canParse(jwksUri)) {
        throw new Error(`GET ${discoveryUrl} failed: it names no issuer and jwks_uri`);
      }
      const path = jwksUri.startsWith(issuer) ? jwksUri.slice(issuer.length) : new URL(jwksUri).pathname;
      const keysUrl = `${url}${path}`;
      const { json, maxAgeMs } = await fetchJson(keysUrl, options);
      return { issuers: [issuer], jwks: keysOf(json, keysUrl), maxAgeMs };
    },
  };
}

/** Keys that no token could be verified by must not take the place of keys that are known. */
function keysOf(json: unknown, url: string): JSONWebKeySet {
  const { keys } = Object(json) as { readonly keys?: unknown };
  const usable = (Array.isArray(keys) ? keys : []).filter(
    (key) => Object(key).kty === "RSA" && typeof Object(key).kid === "string",
  );
  if (usable.length === 0) throw new Error(`GET ${url} failed: it holds no RSA keys with ids`);
  return { keys: usable };
}
