import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { EngineState } from "../engine/engine-state.ts";
import { setValue } from "../engine/values.ts";

/** The key of the engine's value with the private key, as PKCS#8 in PEM. */
const KEY_NAME = "oidc-key";

const generateKeys = promisify(generateKeyPair);

/** A public key in the JSON format of RFC 7517. */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly alg: "RS256";
  readonly use: "sig";
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** The key pair that signs and verifies tokens. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * Returns the stored key of an emulator, or creates and stores a new one. A new key is stored before it signs a token, so
 * tokens stay valid after a restart on the same data.
 *
 * @throws Error if the stored key cannot be read
 */
export async function signingKey(engine: EngineState): Promise<SigningKey> {
  const stored = engine.values.get(KEY_NAME);
  if (stored !== undefined) return fromPem(stored);
  const { privateKey } = await generateKeys("rsa", { modulusLength: 2048 });
  setValue(engine, KEY_NAME, String(privateKey.export({ type: "pkcs8", format: "pem" })));
  await engine.store.flushed();
  return withPublicKey(privateKey);
}

function fromPem(pem: string): SigningKey {
  try {
    return withPublicKey(createPrivateKey(pem));
  } catch (error) {
    throw new Error(`The stored signing key "${KEY_NAME}" cannot be read. Start with an empty data directory.`, {
      cause: error,
    });
  }
}

function withPublicKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  // The key id is the thumbprint of RFC 7638: a hash of these members in this order.
  const kid = createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
  return { privateKey, publicKey, jwk: { kty: "RSA", alg: "RS256", use: "sig", kid, n, e } };
}
