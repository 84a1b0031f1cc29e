import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContext } from "node:tls";
import { errorMessage } from "cloudtask/internal";
import { lateBuiltin } from "../late-builtins.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads the certificate authorities of a PEM file, and adds them to those of Node, including `NODE_EXTRA_CA_CERTS`.
 *
 * @throws TypeError if the file cannot be read or has no valid certificate
 */
export async function trustedAuthorities(file: string): Promise<SecureContext> {
  const { NODE_EXTRA_CA_CERTS: extra } = process.env;
  // Node ignores an unreadable NODE_EXTRA_CA_CERTS, too.
  const known = extra ? await readCertificates(extra).catch(() => []) : [];
  try {
    const own = await readCertificates(file);
    if (own.length === 0) throw new Error("it contains no certificate");
    const { createSecureContext, rootCertificates } = lateBuiltin("node:tls");
    return createSecureContext({ ca: [...rootCertificates, ...known, ...own] });
  } catch (error) {
    throw new TypeError(
      `createEmulator: targetCa: expected a file with certificates in PEM format; ${file} cannot be used: ${errorMessage(error)}`,
      { cause: error },
    );
  }
}

/** @throws the error of the file system, or of a certificate that is not valid */
async function readCertificates(file: string): Promise<string[]> {
  const found: string[] = (await readFile(file, "utf8")).match(CERTIFICATE) ?? [];
  for (const pem of found) new X509Certificate(pem);
  return found;
}
