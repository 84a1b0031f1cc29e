import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";
import { onTestFinished, vi } from "vitest";

const GOOGLE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs";
const KEYS_PATH = "/oauth2/v3/certs";

/** The service account of the tests. */
export const ACCOUNT = "tasks@p.iam.gserviceaccount.com";

/** Where the worker of the tests is. */
export const WORKER_URL = "https://worker.test/tasks/run";

/** A key pair, and its public half as a key endpoint shows it. */
export interface TestKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** What Cloud Tasks puts into a token, but for what a test says otherwise; `undefined` leaves a claim out. */
export type TestClaims = Readonly<Record<string, unknown>>;

/** Signs tokens as an issuer does, and publishes its keys over HTTP. */
export interface TestIssuer {
  readonly url: string;
  /** Its one key, until it is changed. */
  key: TestKey;
  /** What the key endpoint answers, in place of the key. */
  answer: ((outgoing: ServerResponse) => unknown) | undefined;
  /** How often the keys were asked for. */
  readonly requests: () => number;
  /**
   * @param claims - over those of a good token of Google's for the worker and the account above
   * @param header - over that of such a token
   * @param key - what signs it; by default the issuer's key
   */
  sign(claims?: TestClaims, header?: Partial<JWTHeaderParameters>, key?: TestKey): Promise<string>;
}

/** Making a key takes about 100 ms, so each is made once. */
const made = new Map<string, Promise<TestKey>>();

/** @returns an RSA key of that id, the same for the same id */
export function testKey(kid: string): Promise<TestKey> {
  const key = made.get(kid) ?? makeKey(kid);
  made.set(kid, key);
  return key;
}

async function makeKey(kid: string): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" } };
}

/** @returns seconds since the epoch */
export function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

/** The claims of a token that Cloud Tasks would attach now. */
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

/** @returns an issuer that listens until the test is over */
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
      const said = Object.entries({ ...googleClaims(), ...claims }).filter(([, value]) => value !== undefined);
      const jwt = new SignJWT(Object.fromEntries(said));
      return jwt
        .setProtectedHeader({ alg: "RS256", kid: key.jwk.kid ?? "", typ: "JWT", ...header })
        .sign(key.privateKey);
    },
  };
  return issuer;
}

/** @returns an issuer whose keys are where Google's are, until the test is over: nothing leaves this machine */
export async function startGoogle(): Promise<TestIssuer> {
  const issuer = await startIssuer();
  const { fetch } = globalThis;
  // Where an emulator's address is set, it is not Google's keys that are asked for.
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", "");
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    if (url !== GOOGLE_KEYS_URL) throw new Error(`nobody should ask for ${url}`);
    return fetch(issuer.url, init);
  });
  onTestFinished(() => void vi.unstubAllGlobals().unstubAllEnvs());
  return issuer;
}
