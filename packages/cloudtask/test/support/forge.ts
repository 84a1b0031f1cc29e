import { exportSPKI, importJWK, SignJWT } from "jose";
import { googleClaims, type TestKey } from "./issuer.ts";

/** Encodes a value as a part of a token. */
export function base64url(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** Creates an unsigned token from three parts. */
export function forge(header: unknown, claims: unknown, signature: string): string {
  return `${base64url(header)}.${base64url(claims)}.${signature}`;
}

/** Signs the claims of a valid token with a shared secret instead of a private key. */
export function hmac(secret: string, kid: string): Promise<string> {
  return new SignJWT({ ...googleClaims() }).setProtectedHeader({ alg: "HS256", kid }).sign(Buffer.from(secret));
}

/** Returns a public key as PEM. */
export async function pemOf({ jwk }: TestKey): Promise<string> {
  return exportSPKI((await importJWK(jwk, "RS256", { extractable: true })) as CryptoKey);
}
