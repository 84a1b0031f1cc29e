import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { EngineState } from "../engine/engine-state.ts";
import { setValue } from "../engine/values.ts";

/** The engine's value that holds the key, PKCS#8 as PEM. */
const KEY_NAME = "oidc-key";

const generateKeys = promisify(generateKeyPair);

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: "RSA";
  readonly alg: "RS256";
  readonly use: "sig";
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** What signs tokens, and what verifies them. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * The key of an emulator: the one that is kept, or else a new one, which is kept before it signs anything. So tokens outlive
 * a restart on the same data.
 *
 * @throws Error where what is kept is no key
 */
export async function signingKey(engine: EngineState): Promise<SigningKey> {
  const kept = engine.values.get(KEY_NAME);
  if (kept !== undefined) return fromPem(kept);
  const { privateKey } = await generateKeys("rsa", { modulusLength: 2048 });
  setValue(engine, KEY_NAME, String(privateKey.export({ type: "pkcs8", format: "pem" })));
  await engine.store.flushed();
  return described(privateKey);
}

function fromPem(pem: string): SigningKey {
  try {
    return described(createPrivateKey(pem));
  } catch (error) {
    throw new Error(`the signing key kept as ${KEY_NAME} cannot be read: start with an empty data directory`, {
      cause: error,
    });
  }
}

function described(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  const { n = "", e = "" } = publicKey.export({ format: "jwk" });
  // RFC 7638: the thumbprint is over these members, in this order.
  const kid = createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");
  return { privateKey, publicKey, jwk: { kty: "RSA", alg: "RS256", use: "sig", kid, n, e } };
}
