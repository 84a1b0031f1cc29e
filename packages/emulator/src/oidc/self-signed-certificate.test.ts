import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

test.each([2048, 4096])(
  "a certificate for a key of %i bits is valid, self-signed, and contains the key",
  (modulusLength) => {
    const keys = generateKeyPairSync("rsa", { modulusLength });
    const pem = selfSignedCertificate(keys, "Cloud Tasks emulator");
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(keys.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.subject).toBe("CN=Cloud Tasks emulator");
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      "Jan  1 00:00:00 2020 GMT",
      "Dec 31 23:59:59 9999 GMT",
    ]);
    expect(createPublicKey(pem).equals(keys.publicKey)).toBe(true);
    expect(selfSignedCertificate(keys, "Cloud Tasks emulator")).toBe(pem);
  },
);
