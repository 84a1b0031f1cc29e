import { errorMessage } from "../core/error-message.ts";
import { printable } from "../core/printable.ts";

/** The usable keys of an issuer by their ids. An id can have several keys, for example while an issuer replaces one. */
export type KeysById = ReadonlyMap<string, readonly CryptoKey[]>;

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** RFC 7518, 3.3. */
const MIN_BITS = 2048;

/** Google has 2 or 3 keys of 2,048 bits. Higher numbers would only cost time. */
const MAX_KEYS = 100;
const MAX_BITS = 8_192;
const MAX_EXPONENT_CHARACTERS = 8;
const MAX_ID_CHARACTERS = 1_000;

/**
 * Imports the keys for RS256 from a key set. It drops all others. A key that cannot be used then counts as unknown and is
 * requested again. Otherwise the worker would reject the tokens of its id until the answer expires.
 *
 * @param keys - the member `keys` of a JSON Web Key Set
 * @throws Error if no key can be used
 */
export async function importKeys(keys: unknown): Promise<KeysById> {
  const byId = new Map<string, CryptoKey[]>();
  const problems: string[] = [];
  for (const jwk of Array.isArray(keys) ? keys.slice(0, MAX_KEYS) : []) {
    try {
      const { id, key } = await importKey(Object(jwk));
      byId.set(id, [...(byId.get(id) ?? []), key]);
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  if (byId.size > 0) return byId;
  throw new Error(
    `the answer contains no usable RSA key with an id${problems[0] ? ` (the first: ${problems[0]})` : ""}`,
  );
}

async function importKey(jwk: Readonly<Record<string, unknown>>): Promise<{ id: string; key: CryptoKey }> {
  const { kty, kid, n, e, alg = "RS256", use = "sig", key_ops: operations = ["verify"] } = jwk;
  if (kty !== "RSA" || typeof n !== "string" || typeof e !== "string") throw new Error("it is not a public RSA key");
  if (typeof kid !== "string" || kid.length > MAX_ID_CHARACTERS) throw new Error("it has no id");
  const forVerification = use === "sig" && Array.isArray(operations) && operations.includes("verify");
  if (alg !== "RS256" || !forVerification)
    throw new Error(`it is not for RS256 signatures: ${printable({ alg, use, operations })}`);
  if (n.length > MAX_BITS / 6 + 4 || e.length > MAX_EXPONENT_CHARACTERS) throw new Error("it is too large");
  const key = await crypto.subtle.importKey("jwk", { kty, n, e }, ALGORITHM, false, ["verify"]);
  const { modulusLength } = key.algorithm as RsaHashedKeyAlgorithm;
  if (modulusLength < MIN_BITS) throw new Error(`it has ${modulusLength} bits, and RS256 requires ${MIN_BITS}`);
  return { id: kid, key };
}
