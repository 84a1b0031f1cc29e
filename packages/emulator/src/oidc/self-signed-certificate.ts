import { type KeyObject, sign } from "node:crypto";

/** DER tags: X.690. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11: RFC 4055, 5. */
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];

/** The attribute commonName, 2.5.4.3: RFC 4519, 2.3. */
const COMMON_NAME = [0x55, 0x04, 0x03];

/**
 * Creates a self-signed X.509 certificate for a public key. Google publishes its keys as certificates; verifiers read only the
 * key from them. The certificate is always the same for a key, and does not expire. It has version 1, which needs no
 * extensions.
 *
 * Source: RFC 5280, 4.1.
 *
 * @param keys - an RSA key pair
 * @param name - the common name of issuer and subject
 * @returns the certificate as PEM
 */
export function selfSignedCertificate(keys: { publicKey: KeyObject; privateKey: KeyObject }, name: string): string {
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, Buffer.from(SHA256_WITH_RSA)), der(NULL));
  const issuer = der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT_IDENTIFIER, Buffer.from(COMMON_NAME)), utf8(name))));
  const validity = der(SEQUENCE, ascii(UTC_TIME, "200101000000Z"), ascii(GENERALIZED_TIME, "99991231235959Z"));
  const publicKey = keys.publicKey.export({ type: "spki", format: "der" });
  const serial = der(INTEGER, Buffer.from([1]));
  const signed = der(SEQUENCE, serial, algorithm, issuer, validity, issuer, publicKey);
  // The first byte of a bit string is the number of unused bits in its last byte.
  const signature = der(BIT_STRING, Buffer.from([0]), sign("RSA-SHA256", signed, keys.privateKey));
  return pem(der(SEQUENCE, signed, algorithm, signature));
}

function utf8(text: string): Buffer {
  return der(UTF8_STRING, Buffer.from(text));
}

function ascii(tag: number, text: string): Buffer {
  return der(tag, Buffer.from(text, "ascii"));
}

/** Encodes a value in DER: tag, length, content. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content]);
}

/** A length below 128 is one byte. Otherwise the first byte is the number of length bytes that follow. */
function lengthOf({ length }: Buffer): Buffer {
  if (length < 128) return Buffer.from([length]);
  return length < 256 ? Buffer.from([0x81, length]) : Buffer.from([0x82, length >> 8, length & 0xff]);
}

function pem(content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
