import { createPublicKey, verify } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { OAuth2Client } from "google-auth-library";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";
import { startTarget, type Target } from "../support/target.ts";

const decode = (part = ""): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());

/** Returns the bearer tokens that a target received, in order. */
function tokensOf(target: Target): string[] {
  return target.received.map(({ headers }) => headers.authorization?.replace("Bearer ", "") ?? "");
}

async function discover(emulator: Emulator): Promise<{ issuer: string; keys: Record<string, string>[] }> {
  const document = await (await fetch(`${emulator.url}/.well-known/openid-configuration`)).json();
  const { issuer, jwks_uri } = document as { issuer: string; jwks_uri: string };
  const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: Record<string, string>[] };
  return { issuer, keys };
}

test("the token of a dispatch is signed with the published key of the emulator", async () => {
  await using target = await startTarget(200);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: ["default"] });
  const oidcToken = { serviceAccountEmail: "tasks@example.com", audience: "https://api.example.com" };
  await createTask(emulator, { url: target.url, httpRequest: { oidcToken, headers: { authorization: "mine" } } });
  await emulator.idle();

  const [head, claims, signature = ""] = (tokensOf(target)[0] ?? "").split(".");
  const { issuer, keys } = await discover(emulator);
  const [jwk = {}] = keys;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  expect(verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(decode(head)).toEqual({ alg: "RS256", typ: "JWT", kid: jwk.kid });
  expect(issuer).toBe(emulator.url);
  expect(decode(claims)).toEqual({
    iss: emulator.url,
    aud: "https://api.example.com",
    email: "tasks@example.com",
    email_verified: true,
    azp: expect.stringMatching(/^\d{21}$/),
    sub: expect.stringMatching(/^\d{21}$/),
    iat: Date.parse("2030-01-01T00:00:00Z") / 1000,
    exp: Date.parse("2030-01-01T01:00:00Z") / 1000,
  });
});

test("jose verifies the token of a delivery with the discovery document", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  await createTask(emulator, { url: target.url, httpRequest: { oidcToken } });
  await emulator.idle();
  const document = await (await fetch(`${emulator.url}/.well-known/openid-configuration`)).json();
  const { issuer, jwks_uri } = document as { issuer: string; jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(jwks_uri));
  const { payload } = await jwtVerify(tokensOf(target)[0] ?? "", keys, { issuer, audience: target.url });
  expect(payload).toMatchObject({ email: "tasks@example.com", email_verified: true });
});

test("google-auth-library verifies the token of a delivery with the certificates of the emulator", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  await createTask(emulator, { url: target.url, httpRequest: { oidcToken } });
  await emulator.idle();
  const endpoints = { oauth2FederatedSignonPemCertsUrl: `${emulator.url}/oidc/certs` };
  const client = new OAuth2Client({ endpoints, issuers: [emulator.url] });
  const ticket = await client.verifyIdToken({ idToken: tokensOf(target)[0] ?? "", audience: target.url });
  expect(ticket.getPayload()).toMatchObject({ email: "tasks@example.com", email_verified: true });
});

test("the emulator returns the account and the scope of an OAuth token", async () => {
  await using target = await startTarget(200);
  // Cloud Tasks sends OAuth tokens only to Google's APIs.
  const rewriteHosts = { "api.googleapis.com": new URL(target.url).host };
  await using emulator = await createEmulator({ queues: ["default"], rewriteHosts });
  const oauthToken = { serviceAccountEmail: "tasks@example.com" };
  const headers = { Authorization: "mine" };
  await createTask(emulator, { url: "http://api.googleapis.com/", httpRequest: { oauthToken, headers } });
  await emulator.idle();
  const client = new OAuth2Client({ endpoints: { tokenInfoUrl: `${emulator.url}/oidc/tokeninfo` } });
  expect(await client.getTokenInfo(tokensOf(target)[0] ?? "")).toMatchObject({
    email: "tasks@example.com",
    scopes: ["https://www.googleapis.com/auth/cloud-platform"],
  });
});

test("an emulator that is restarted on its data has the same key", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "oidc-"));
  const kids: (string | undefined)[] = [];
  for (const _ of ["first", "second"]) {
    await using emulator = await createEmulator({ dataDir });
    kids.push((await discover(emulator)).keys[0]?.kid);
  }
  await rm(dataDir, { recursive: true });
  expect(kids[0]).toEqual(expect.any(String));
  expect(kids[1]).toBe(kids[0]);
});

test("the default audience is the full URL of the task, with its query", async () => {
  await using target = await startTarget(200);
  await using emulator = await createEmulator({ queues: ["default"] });
  const url = `${target.url}?order=7`;
  await createTask(emulator, { url, httpRequest: { oidcToken: { serviceAccountEmail: "tasks@example.com" } } });
  await emulator.idle();
  expect(decode(tokensOf(target)[0]?.split(".")[1]).aud).toBe(url);
});

test("the token is created at dispatch, so it is valid after a long delay", async () => {
  await using target = await startTarget(500, 200);
  const clock = new ManualClock("2030-01-01T00:00:00Z");
  await using emulator = await createEmulator({ clock, queues: { default: { retry: { minBackoff: "1h" } } } });
  const oidcToken = { serviceAccountEmail: "tasks@example.com" };
  const now = clock.now();
  await createTask(emulator, { url: target.url, delaySeconds: 86_400, now, httpRequest: { oidcToken } });
  await emulator.advance("25h");
  const issued = tokensOf(target).map((token) => Number(decode(token.split(".")[1]).iat) - now / 1000);
  expect(issued).toEqual([86_400, 90_000]);
});

test("two emulators have different keys", async () => {
  await using one = await createEmulator();
  await using other = await createEmulator();
  const kids = await Promise.all([one, other].map(async (emulator) => (await discover(emulator)).keys[0]?.kid));
  expect(new Set(kids).size).toBe(2);
});
