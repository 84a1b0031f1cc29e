import { exportSPKI, importJWK, SignJWT } from "jose";
import { googleClaims, type TestKey } from "./issuer.ts";

/** @returns a value as a part of a token */
export function base64url(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** @returns a token of any three parts, which nobody signed */
export function forge(header: unknown, claims: unknown, signature: string): string {
  return `${base64url(header)}.${base64url(claims)}.${signature}`;
}

/** @returns a good token's claims, signed with a secret in place of a key */
export function hmac(secret: string, kid: string): Promise<string> {
  return new SignJWT({ ...googleClaims() }).setProtectedHeader({ alg: "HS256", kid }).sign(Buffer.from(secret));
}

/** @returns a public key as PEM */
export async function pemOf({ jwk }: TestKey): Promise<string> {
  return exportSPKI((await importJWK(jwk, "RS256", { extractable: true })) as CryptoKey);
}
