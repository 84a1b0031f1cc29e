import * as fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ClientOptions, CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "../../src/index.ts";
import { deliveryOf } from "../support/deliveries.ts";
import { forge } from "../support/forge.ts";
import { ACCOUNT, googleClaims, startGoogle, type TestIssuer, WORKER_URL } from "../support/issuer.ts";

/** The worker of a client with a service account, and the lines of its log. */
function workerOf(
  client: Partial<ClientOptions> = {},
  options: WorkerOptions = {},
): { readonly worker: Worker; readonly lines: readonly unknown[][] } {
  const lines: unknown[][] = [];
  const logger = { warn: (...line: unknown[]) => lines.push(line), error: (...line: unknown[]) => lines.push(line) };
  const created = new CloudTaskClient({ url: WORKER_URL, serviceAccount: ACCOUNT, logger, ...client });
  created.task("ok", () => 1);
  return { worker: createWorker(created, options), lines };
}

async function statusOf(worker: Worker, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return (await worker.fetch(deliveryOf({ task: "ok" }, headers))).status;
}

/** A token without its signature, as a private Cloud Run service passes it on. */
const stripped = (claims: Record<string, unknown> = {}): string =>
  `Bearer ${forge({ alg: "RS256", kid: "first" }, { ...googleClaims(), ...claims }, "SIGNATURE_REMOVED_BY_GOOGLE")}`;

const bearer = async (google: TestIssuer, claims: Record<string, unknown> = {}): Promise<string> =>
  `Bearer ${await google.sign(claims)}`;

test("the worker of a client with a service account verifies tokens, and requests the keys for the first token", async () => {
  const google = await startGoogle();
  const { worker, lines } = workerOf();
  expect(await statusOf(worker)).toBe(401);
  expect(google.requests()).toBe(0);
  expect(await statusOf(worker, { Authorization: await bearer(google) })).toBe(200);
  expect(await statusOf(worker, { Authorization: await bearer(google, { iss: "accounts.google.com" }) })).toBe(200);
  expect(google.requests()).toBe(1);
  expect(lines).toHaveLength(1);
});

test.each(["Bearer", "bearer", "BEARER", "Bearer  "])(
  "the scheme %j is accepted, as RFC 9110 requires",
  async (scheme) => {
    const google = await startGoogle();
    expect(await statusOf(workerOf().worker, { Authorization: `${scheme} ${await google.sign()}` })).toBe(200);
  },
);

test("a changed token is rejected", async () => {
  const google = await startGoogle();
  const { worker } = workerOf();
  const token = await google.sign();
  // The last character of the signature has four unused bits, so it is not changed.
  const change = fc.tuple(fc.nat(token.length - 2), fc.constantFrom(..."AZaz09-_."));
  await fc.assert(
    fc.asyncProperty(change, async ([index, character]) => {
      fc.pre(token[index] !== character);
      const changed = token.slice(0, index) + character + token.slice(index + 1);
      expect(await statusOf(worker, { Authorization: `Bearer ${changed}` })).toBe(401);
    }),
    { numRuns: 300 },
  );
});

test("tokens with arbitrary headers and claims are rejected", async () => {
  const google = await startGoogle();
  const { worker, lines } = workerOf();
  const header = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  const claims = fc.record({ iss: fc.jsonValue(), aud: fc.jsonValue(), email: fc.jsonValue(), exp: fc.jsonValue() });
  await fc.assert(
    fc.asyncProperty(header, claims, async (odd, { iss, ...rest }) => {
      const forged = forge({ ...odd, alg: "RS256", kid: "first" }, { ...googleClaims(), ...rest, iss }, "AAAA");
      // A correct signature, so the claims are read. jose does not sign claims of the wrong type.
      const signed = await google.sign({ ...rest, exp: undefined, nested: iss });
      for (const token of [forged, signed]) {
        expect(await statusOf(worker, { Authorization: `Bearer ${token}` })).toBe(401);
      }
    }),
    { numRuns: 200 },
  );
  const unsafe = lines.filter(([line]) => !/^cloudtask: rejected a delivery[\x20-\x7e…]*$/.test(String(line)));
  expect(unsafe).toEqual([]);
});

test.each<[string, Partial<ClientOptions>, Record<string, unknown>, number]>([
  ["of the first of a list of accounts", { serviceAccount: [ACCOUNT, "old@p.iam.gserviceaccount.com"] }, {}, 200],
  ["of the last of a list of accounts", { serviceAccount: ["new@p.iam.gserviceaccount.com", ACCOUNT] }, {}, 200],
  ["of an account that is no longer in the list", { serviceAccount: ["new@p.iam.gserviceaccount.com"] }, {}, 403],
  ["for the client's audience", { audience: "https://run.app" }, { aud: "https://run.app" }, 200],
  ["for the URL, if the client has an audience", { audience: "https://run.app" }, {}, 403],
])("a token %s", async (_, client, claims, status) => {
  const google = await startGoogle();
  expect(await statusOf(workerOf(client).worker, { Authorization: await bearer(google, claims) })).toBe(status);
});

test.each<[string, Partial<ClientOptions>, WorkerOptions, boolean, boolean, number]>([
  ["the secret and a token", { secret: "s3cret-key" }, {}, true, true, 200],
  ["the secret without a token", { secret: "s3cret-key" }, {}, true, false, 401],
  ["a token without the secret", { secret: "s3cret-key" }, {}, false, true, 401],
  ["the secret, if no token is required", { secret: "s3cret-key" }, { allowUnauthenticated: true }, true, false, 200],
  [
    "a token, if only the secret is required",
    { secret: "s3cret-key" },
    { allowUnauthenticated: true },
    false,
    true,
    401,
  ],
  ["no credentials, if none are required", {}, { allowUnauthenticated: true }, false, false, 200],
])("a request with %s", async (_, client, options, hasSecret, hasToken, status) => {
  const google = await startGoogle();
  const token = hasToken ? { Authorization: await bearer(google) } : {};
  const secret = hasSecret ? { "X-CloudTask-Secret": "s3cret-key" } : {};
  expect(await statusOf(workerOf(client, options).worker, { ...token, ...secret })).toBe(status);
});

test("a request with a wrong secret does not make the worker request keys", async () => {
  const google = await startGoogle();
  const { worker } = workerOf({ secret: "s3cret-key" });
  expect(await statusOf(worker, { Authorization: await bearer(google), "X-CloudTask-Secret": "guess" })).toBe(403);
  expect(google.requests()).toBe(0);
});

test("while the keys are unavailable, deliveries are answered 429 with Retry-After", async () => {
  const google = await startGoogle();
  google.answer = (outgoing) => outgoing.writeHead(500).end();
  const { worker, lines } = workerOf();
  const response = await worker.fetch(deliveryOf({ task: "ok" }, { Authorization: await bearer(google) }));
  expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "5"]);
  expect(await response.json()).toEqual({
    status: "keys-unavailable",
    message: "the OIDC token cannot be verified at present",
  });
  expect(lines).toEqual([
    [
      expect.stringMatching(
        /^cloudtask: rejected a delivery \(keys-unavailable\): the keys of Google .* answered 500$/,
      ),
    ],
  ]);
});

test("if the keys cannot be renewed, the worker logs it and continues with the keys it has", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const google = await startGoogle();
  const { worker, lines } = workerOf();
  await statusOf(worker, { Authorization: await bearer(google) });
  google.answer = (outgoing) => outgoing.writeHead(500).end();
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(await statusOf(worker, { Authorization: await bearer(google) })).toBe(200);
  expect(lines).toEqual([
    [
      expect.stringMatching(
        /^cloudtask: the keys of Google could not be renewed: .*; the worker continues with the keys it has$/,
      ),
    ],
  ]);
});

test("a delivery whose key cannot be used is answered 429, so Cloud Tasks retries it", async () => {
  const google = await startGoogle();
  const weak = { kty: "RSA", kid: "first", n: "AQAB", e: "AQAB" };
  google.answer = (outgoing) => outgoing.end(JSON.stringify({ keys: [weak] }));
  const { worker, lines } = workerOf();
  expect(await statusOf(worker, { Authorization: await bearer(google) })).toBe(429);
  expect(lines).toEqual([
    [
      expect.stringMatching(
        /\(keys-unavailable\): the keys of Google are unavailable: the answer contains no usable RSA key .*2048/,
      ),
    ],
  ]);
});

test("unauthenticated requests don't count towards maxConcurrency while keys are fetched", async () => {
  const google = await startGoogle();
  const { worker } = workerOf({}, { maxConcurrency: 1 });
  const valid = await bearer(google);
  expect(await statusOf(worker, { Authorization: valid })).toBe(200);
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  vi.setSystemTime(Date.now() + 10_000);
  let release: () => void = () => undefined;
  const requested = new Promise<void>((resolve) => {
    google.answer = (outgoing) => {
      release = () => outgoing.end(JSON.stringify({ keys: [google.key.jwk] }));
      resolve();
    };
  });
  const unauthenticated = statusOf(worker, { Authorization: `Bearer ${await google.sign({}, { kid: "made-up" })}` });
  await requested;
  expect(await statusOf(worker, { Authorization: valid })).toBe(200);
  release();
  expect(await unauthenticated).toBe(401);
});

test.each<[string, string, Record<string, string>, number]>([
  ["a token without its signature is accepted", "Authorization", {}, 200],
  [
    "the header that Cloud Run checks first is used",
    "X-Serverless-Authorization",
    { Authorization: "Bearer mine" },
    200,
  ],
  [
    "a forged token in that header is rejected",
    "Authorization",
    { "X-Serverless-Authorization": stripped({ email: "eve@p.test" }) },
    403,
  ],
])('verify: "platform": %s', async (_, header, others, status) => {
  const google = await startGoogle();
  const { worker } = workerOf({}, { verify: "platform" });
  expect(await statusOf(worker, { ...others, [header]: stripped() })).toBe(status);
  expect(google.requests()).toBe(0);
});

test.each<[string, string | undefined, number, RegExp]>([
  ["no token", undefined, 401, /Authorization is missing/],
  ["garbage", "Bearer x.y.z", 401, /^the OIDC token is not valid: it is not a JSON Web Token$/],
  ["two tokens", `${stripped()}, ${stripped()}`, 401, /does not contain exactly one signed bearer token/],
  ["another account", stripped({ email: "web@p.iam.gserviceaccount.com" }), 403, /its email is "web@p/],
  [
    "another audience",
    stripped({ aud: "https://other.test" }),
    403,
    /its audience is "https:\/\/other\.test", but this worker expects/,
  ],
  [
    "another issuer",
    stripped({ iss: "https://evil.test" }),
    403,
    /its issuer is "https:\/\/evil\.test", expected one of Google's/,
  ],
  ["an email that is not verified", stripped({ email_verified: false }), 403, /its email is not verified/],
])(
  'verify: "platform": %s is rejected, and the answer does not contain the expected values',
  async (_, header, status, logged) => {
    const { worker, lines } = workerOf({}, { verify: "platform" });
    const response = await worker.fetch(deliveryOf({ task: "ok" }, { Authorization: header ?? null }));
    expect(response.status).toBe(status);
    expect(String(lines[0]?.[0]).replace(/^.*?\): /, "")).toMatch(logged);
    expect(await response.text()).not.toMatch(/tasks@|worker\.test|evil|other|web@/);
  },
);

test.each<[string, Partial<ClientOptions>, WorkerOptions, RegExp]>([
  ["no credentials", { serviceAccount: undefined }, {}, /set `serviceAccount` or `secret` on the client, or set/],
  [
    "verify without a service account",
    { serviceAccount: undefined, secret: "s3cret-key" },
    { verify: "platform" },
    /verify: "platform" requires the OIDC token of a service account, but the client has no `serviceAccount`/,
  ],
  [
    "verify and allowUnauthenticated",
    {},
    { verify: "oidc", allowUnauthenticated: true },
    /verify: "oidc" requires a token, but `allowUnauthenticated: true` requires none; set only one of them/,
  ],
  ["an unknown verifier", {}, { verify: "none" as never }, /`verify` must be "oidc" or "platform", received "none"/],
  ["verify: false", {}, { verify: false as never }, /`verify` must be "oidc" or "platform", received false/],
])("a worker with %s cannot be created", (_, client, options, message) => {
  expect(() => workerOf(client, options)).toThrow(TypeError);
  expect(() => workerOf(client, options)).toThrow(message);
});
