import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import { onTestFinished, vi } from "vitest";

const GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs";
const KEYS_PATH = "/oauth2/v3/certs";

/** The service account of the tests. */
export const ACCOUNT = "tasks@p.iam.gserviceaccount.com";

/** The worker's URL in the tests. */
export const WORKER_URL = "https://worker.test/tasks/run";

/** A private key, and its public key as a key endpoint publishes it. */
export interface TestKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** Claims that replace those of a Cloud Tasks token. `undefined` removes a claim. */
export type TestClaims = Readonly<Record<string, unknown>>;

/** An issuer that signs tokens, and publishes its keys over HTTP. */
export interface TestIssuer {
  readonly url: string;
  /** The current key. */
  key: TestKey;
  /** Replaces the answer of the key endpoint. */
  answer: ((outgoing: ServerResponse) => unknown) | undefined;
  /** The number of requests for the keys. */
  readonly requests: () => number;
  /**
   * Signs a token.
   *
   * @param claims - override the claims of a valid Google token for `WORKER_URL` and `ACCOUNT`
   * @param header - overrides the header of such a token
   * @param key - default: the issuer's key
   */
  sign(claims?: TestClaims, header?: Partial<JWTHeaderParameters>, key?: TestKey): Promise<string>;
}

/** Generating a key takes about 100 ms, so each key is generated once. */
const keys = new Map<string, Promise<TestKey>>();

/** Returns the RSA key with this id. */
export function testKey(kid: string): Promise<TestKey> {
  const key = keys.get(kid) ?? generateKey(kid);
  keys.set(kid, key);
  return key;
}

async function generateKey(kid: string): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

/** Returns the current time, in seconds since the epoch. */
export function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

/** Returns the claims of a token that Cloud Tasks would create now. */
export function googleClaims(): TestClaims {
  return {
    iss: "https://accounts.google.com",
    aud: WORKER_URL,
    email: ACCOUNT,
    email_verified: true,
    sub: "113774264463038321964",
    azp: "113774264463038321964",
    iat: nowS(),
    exp: nowS() + 3600,
  };
}

/** Starts an issuer until the end of the test. */
export async function startIssuer(): Promise<TestIssuer> {
  let requests = 0;
  const server = createServer((_, outgoing) => {
    requests += 1;
    outgoing.setHeader("Content-Type", "application/json");
    const { answer = published } = issuer;
    answer(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const published = (outgoing: ServerResponse): void => {
    outgoing.setHeader("Cache-Control", "public, max-age=3600, must-revalidate");
    outgoing.end(JSON.stringify({ keys: [issuer.key.jwk] }));
  };
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${KEYS_PATH}`,
    key: await testKey("first"),
    answer: undefined,
    requests: () => requests,
    sign(claims = {}, header = {}, key = issuer.key) {
      const merged = Object.entries({ ...googleClaims(), ...claims }).filter(([, value]) => value !== undefined);
      const jwt = new SignJWT(Object.fromEntries(merged));
      return jwt
        .setProtectedHeader({ alg: "RS256", kid: key.jwk.kid ?? "", typ: "JWT", ...header })
        .sign(key.privateKey);
    },
  };
  return issuer;
}

/** Starts an issuer that replaces Google's key endpoint until the end of the test. No request leaves this machine. */
export async function startGoogle(): Promise<TestIssuer> {
  const issuer = await startIssuer();
  const { fetch } = globalThis;
  // With an emulator's address, the worker would not request Google's keys.
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", "");
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    if (url !== GOOGLE_KEYS_URL) throw new Error(`unexpected request to ${url}`);
    return fetch(issuer.url, init);
  });
  onTestFinished(() => void vi.unstubAllGlobals().unstubAllEnvs());
  return issuer;
}
