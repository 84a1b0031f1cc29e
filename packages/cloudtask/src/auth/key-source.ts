import { type FetchOptions, fetchJson } from "./fetch-json.ts";

/** The keys of an issuer at a point in time. */
interface SigningKeys {
  /** The accepted values of a token's `iss` claim. */
  readonly issuers: readonly string[];
  /** The member `keys` of the issuer's key set, as received. */
  readonly keys: unknown;
  /** The time for which the keys may be cached, in milliseconds; `undefined` if the answer does not state it. */
  readonly maxAgeMs: number | undefined;
}

/** Requests the keys of an issuer. */
export interface KeySource {
  /** The name of the issuer, for messages. */
  readonly name: string;
  /** Requests the current keys. */
  readonly fetch: () => Promise<SigningKeys>;
}

/** Source: https://accounts.google.com/.well-known/openid-configuration, `jwks_uri`. */
const GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs";

/**
 * The issuers in Google's tokens.
 *
 * Source: https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
 */
export const GOOGLE_ISSUERS: readonly string[] = ["https://accounts.google.com", "accounts.google.com"];

/** Creates the source of Google's signing keys. */
export function googleKeys(options: FetchOptions = {}): KeySource {
  return {
    name: "Google",
    async fetch() {
      const { json, maxAgeMs } = await fetchJson(GOOGLE_KEYS_URL, options);
      return { issuers: GOOGLE_ISSUERS, keys: Object(json).keys, maxAgeMs };
    },
  };
}

/**
 * Creates the source of an emulator's signing keys, by OpenID Connect discovery. The keys are always requested from the
 * emulator that the client uses, because the name of its issuer may not resolve on this machine.
 *
 * @param url - the emulator's base URL
 */
export function emulatorKeys(url: string, options: FetchOptions = {}): KeySource {
  return {
    name: `the emulator at ${url}`,
    async fetch() {
      const discoveryUrl = `${url}/.well-known/openid-configuration`;
      const { issuer, jwks_uri: jwksUri } = Object((await fetchJson(discoveryUrl, options)).json);
      if (typeof issuer !== "string" || typeof jwksUri !== "string" || !URL.canParse(jwksUri)) {
        throw new Error(`GET ${discoveryUrl} failed: the document has no issuer or no valid jwks_uri`);
      }
      const path = jwksUri.startsWith(issuer) ? jwksUri.slice(issuer.length) : new URL(jwksUri).pathname;
      const { json, maxAgeMs } = await fetchJson(`${url}${path}`, options);
      return { issuers: [issuer], keys: Object(json).keys, maxAgeMs };
    },
  };
}
