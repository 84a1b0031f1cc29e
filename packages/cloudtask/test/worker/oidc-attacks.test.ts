import { expect, test } from "vitest";
import { CloudTaskClient, createWorker } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { base64url, forge, hmac, pemOf } from "../support/forge.ts";
import { ACCOUNT, googleClaims, nowS, startGoogle, type TestIssuer, testKey, WORKER_URL } from "../support/issuer.ts";

interface Attack {
  readonly name: string;
  /** The header `Authorization`; `undefined` for none. */
  readonly authorization: (google: TestIssuer) => Promise<string> | undefined;
  readonly status: number;
  /** The logged reason. The answer to an invalid token does not contain it. */
  readonly logged: RegExp | string;
  /** The message of the answer. */
  readonly answered: RegExp | string;
}

const INVALID = /^the OIDC token is not valid$/;
const bearer = (token: Promise<string>): Promise<string> => token.then((text) => `Bearer ${text}`);
const signed =
  (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Attack["authorization"] =>
  (google) =>
    bearer(google.sign(claims, header));
const forged =
  (header: unknown, signature: string | Promise<string>, claims: unknown = googleClaims()): Attack["authorization"] =>
  async () =>
    `Bearer ${forge(header, claims, await signature)}`;
const invalid = (name: string, authorization: Attack["authorization"], logged: RegExp | string): Attack => ({
  name,
  authorization,
  status: 401,
  logged,
  answered: INVALID,
});
const foreign = (name: string, claims: Record<string, unknown>, reason: RegExp | string): Attack => ({
  name,
  authorization: signed(claims),
  status: 403,
  logged: reason,
  answered: reason,
});

const ABSENT = "the header Authorization is missing: it must contain the OIDC token of the `serviceAccount`";
const NOT_ONE = "the header Authorization does not contain exactly one signed bearer token (three parts)";

const attacks: readonly Attack[] = [
  {
    name: "a set of X-CloudTasks-* headers without a token",
    authorization: () => undefined,
    status: 401,
    logged: ABSENT,
    answered: ABSENT,
  },
  invalid("an empty header", async () => "", NOT_ONE),
  invalid("no scheme", (google) => google.sign(), NOT_ONE),
  invalid("another scheme", async (google) => `Basic ${await google.sign()}`, NOT_ONE),
  invalid("a scheme without a space", async (google) => `Bearer${await google.sign()}`, NOT_ONE),
  invalid("a token twice", async (google) => `Bearer ${await google.sign()}, Bearer ${await google.sign()}`, NOT_ONE),
  invalid("a token with a suffix", async (google) => `Bearer ${await google.sign()} x`, NOT_ONE),
  invalid("an access token", async () => `Bearer ya29.${"a".repeat(200)}`, NOT_ONE),
  invalid(
    "an encrypted token",
    async () =>
      `Bearer ${Array(5)
        .fill(base64url({ alg: "RSA-OAEP" }))
        .join(".")}`,
    NOT_ONE,
  ),
  invalid("a token without a signature", forged({ alg: "RS256", kid: "first" }, ""), NOT_ONE),
  invalid("an oversized token", signed({ padding: "x".repeat(8_000) }), /longer than 8192 characters/),
  invalid(
    "garbage",
    async () => `Bearer ${"x".repeat(40)}.${"y".repeat(40)}.${"z".repeat(40)}`,
    /not a JSON Web Token/,
  ),
  invalid("a header that is a list", forged([{ alg: "RS256" }], "AAAA"), /not a JSON Web Token/),
  invalid("claims that are a string", forged({ alg: "RS256", kid: "first" }, "AAAA", "claims"), /not a JSON Web Token/),
  invalid(
    "claims nested a thousand deep",
    forged({ alg: "RS256", kid: "first" }, "AAAA", JSON.parse(`${"[".repeat(1_000)}${"]".repeat(1_000)}`)),
    /not a JSON Web Token/,
  ),
  invalid("alg none", forged({ alg: "none", kid: "first" }, "AAAA"), 'its algorithm is "none", expected "RS256"'),
  invalid("no algorithm", forged({ kid: "first" }, "AAAA"), 'its algorithm is none, expected "RS256"'),
  invalid(
    "an algorithm that is a list",
    forged({ alg: ["RS256"], kid: "first" }, "AAAA"),
    'its algorithm is ["RS256"]',
  ),
  invalid(
    "HS256 with the public key's PEM as the secret",
    async () => `Bearer ${await hmac(await pemOf(await testKey("first")), "first")}`,
    'its algorithm is "HS256", expected "RS256"',
  ),
  invalid(
    "HS256 with the public key's JWK as the secret",
    async () => `Bearer ${await hmac(JSON.stringify((await testKey("first")).jwk), "first")}`,
    'its algorithm is "HS256", expected "RS256"',
  ),
  invalid("no key id", signed({}, { kid: undefined }), "it has no key id"),
  invalid("a key id that is an object", forged({ alg: "RS256", kid: {} }, "AAAA"), "it has no key id"),
  invalid("an unknown key id", signed({}, { kid: "made-up" }), 'its issuer has no key "made-up"'),
  invalid(
    "a key id that is a method's name",
    signed({}, { kid: "constructor" }),
    'its issuer has no key "constructor"',
  ),
  invalid(
    "a key id with a line break, to forge a line of the log",
    signed({}, { kid: "x\r\nERROR all is lost" }),
    'its issuer has no key "x\\r\\nERROR all is lost"',
  ),
  invalid(
    "another key under a known id",
    async (google) => `Bearer ${await google.sign({}, { kid: "first" }, await testKey("other"))}`,
    "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  ),
  invalid(
    "a key of its own in the header",
    async (google) => {
      const own = await testKey("other");
      return `Bearer ${await google.sign({}, { kid: "first", jwk: own.jwk, jku: "https://evil.test/keys" }, own)}`;
    },
    "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  ),
  invalid(
    "claims changed after signing",
    async (google) => {
      const [head, , signature] = (await google.sign({ email: "eve@evil.test" })).split(".");
      return `Bearer ${head}.${base64url(googleClaims())}.${signature}`;
    },
    "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  ),
  invalid(
    "a critical extension",
    forged({ alg: "RS256", kid: "first", crit: ["x\r\nERROR"], "x\r\nERROR": 1 }, "AAAA"),
    'ERR_JOSE_NOT_SUPPORTED, "Extension Header Parameter',
  ),
  invalid(
    "claims that are not encoded",
    forged({ alg: "RS256", kid: "first", crit: ["b64"], b64: false }, "AAAA"),
    "ERR_",
  ),
  invalid("no expiry", signed({ exp: undefined }), "ERR_JWT_CLAIM_VALIDATION_FAILED"),
  invalid("an expiry that is a string", signed({ exp: "never" }), "ERR_JWT_CLAIM_VALIDATION_FAILED"),
  invalid(
    "another issuer",
    signed({ iss: "https://accounts.evil.test" }),
    'its issuer is "https://accounts.evil.test"',
  ),
  invalid("a similar issuer", signed({ iss: "https://accounts.google.com/" }), "its issuer is"),
  invalid("an issuer in a list", signed({ iss: ["https://accounts.google.com"] }), 'its issuer is ["https:'),
  invalid("no issuer", signed({ iss: undefined }), "its issuer is none, expected"),
  invalid(
    "the token of an emulator",
    signed({ iss: "http://127.0.0.1:8123" }),
    'its issuer is "http://127.0.0.1:8123"',
  ),
  {
    name: "a token whose signature the platform removed",
    authorization: forged({ alg: "RS256", kid: "first" }, "SIGNATURE_REMOVED_BY_GOOGLE"),
    status: 401,
    logged: 'set the worker\'s `verify: "platform"`',
    answered: 'set the worker\'s `verify: "platform"`',
  },
  {
    name: "an expired token",
    authorization: signed({ exp: 1_700_000_000 }),
    status: 401,
    logged: "the OIDC token expired at 2023-11-14T22:13:20.000Z",
    answered: "the OIDC token expired at 2023-11-14T22:13:20.000Z",
  },
  {
    name: "a token from the future",
    authorization: signed({ nbf: nowS() + 3_600, exp: nowS() + 7_200 }),
    status: 401,
    logged: /^.*the OIDC token is not valid before 20.*; is this machine's clock right\?$/,
    answered: /^the OIDC token is not valid before 20.*Z; is this machine's clock right\?$/,
  },
  foreign(
    "another service's audience",
    { aud: "https://other.test/run" },
    `"https://other.test/run", but this worker expects "${WORKER_URL}"`,
  ),
  foreign("an audience with the same prefix", { aud: `${WORKER_URL}/` }, `expects "${WORKER_URL}"`),
  foreign("an audience in another case", { aud: WORKER_URL.toUpperCase() }, `expects "${WORKER_URL}"`),
  foreign("no audience", { aud: undefined }, "its audience is none, but this worker expects"),
  foreign("two audiences", { aud: [WORKER_URL, "https://other.test"] }, `its audience is ["${WORKER_URL}",`),
  foreign(
    "another account",
    { email: "eve@evil.test" },
    `its email is "eve@evil.test", but this worker expects "${ACCOUNT}"`,
  ),
  foreign("another account of the project", { email: "web@p.iam.gserviceaccount.com" }, `expects "${ACCOUNT}"`),
  foreign("the account in another case", { email: ACCOUNT.toUpperCase() }, `expects "${ACCOUNT}"`),
  foreign("a list of accounts", { email: [ACCOUNT] }, `its email is ["${ACCOUNT}"]`),
  foreign("no email", { email: undefined }, "its email is none, but this worker expects"),
  foreign("an unverified email", { email_verified: false }, "its email is not verified"),
  foreign("an email_verified that is a string", { email_verified: "true" }, "its email is not verified"),
  foreign(
    "a token of another service",
    { aud: "https://other.test", email: "eve@evil.test" },
    /its audience .*; its email /,
  ),
];

test.each(attacks)("$name is rejected with $status", async ({ authorization, status, logged, answered }) => {
  const google = await startGoogle();
  const lines: unknown[][] = [];
  const logger = { warn: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) };
  const client = new CloudTaskClient({ url: WORKER_URL, serviceAccount: ACCOUNT, logger });
  let runs = 0;
  client.task("pay", () => {
    runs += 1;
  });
  const value = await authorization(google);
  const worker = createWorker(client);
  const response = await worker.fetch(deliveryOf({ task: "pay" }, { Authorization: value ?? null }));
  const text = await response.text();
  expect([response.status, runs]).toEqual([status, 0]);
  expect(JSON.parse(text).message).toMatch(answered);
  expect(lines).toEqual([[expect.stringMatching(/^cloudtask: rejected a delivery \(\w+\): [\x20-\x7e]+$/)]]);
  expect(lines[0]?.[0]).toMatch(logged);
  for (const part of (value ?? "").split(/[., ]+/).filter(({ length }) => length > 20)) {
    expect(text + JSON.stringify(lines)).not.toContain(part.slice(0, 20));
  }
  // The worker still accepts a valid token.
  const good = deliveryOf({ task: "pay" }, { Authorization: `Bearer ${await google.sign()}` });
  expect([(await worker.fetch(good)).status, runs]).toEqual([200, 1]);
});
