import http from "node:http";
import type { AddressInfo } from "node:net";
import { OAuth2Client } from "google-auth-library";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { engineBench } from "../../test/support/engine.ts";
import type { EngineState } from "../engine/engine-state.ts";
import type { OidcRequest } from "../engine/records.ts";
import { resetEngine } from "../engine/reset-engine.ts";
import { restoreEngine } from "../engine/restore-engine.ts";
import { setValue } from "../engine/values.ts";
import { CERTS_PATH, DISCOVERY_PATH, discoveryDocument, JWKS_PATH } from "./discovery-document.ts";
import { TokenMinter } from "./token-minter.ts";

const oidc: OidcRequest = {
  kind: "oidc",
  serviceAccountEmail: "tasks@example.com",
  audience: "https://api.example.com",
};
const target = "https://target.example.com/run";

/** Creates a minter on the machine's time. */
function minterOn(engine: EngineState, issuer = "https://issuer.example.com"): TokenMinter {
  return new TokenMinter({ now: Date.now, issuer: () => issuer, engine });
}

/** Starts a server that publishes the keys of a minter, as an emulator does. */
async function startIssuer(): Promise<{ url: string; minter: TokenMinter } & AsyncDisposable> {
  const documents = new Map<string, () => unknown>();
  const server = http.createServer(async (request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(await documents.get(request.url ?? "")?.()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const minter = minterOn(engineBench().engine, url);
  documents.set(DISCOVERY_PATH, () => discoveryDocument(url));
  documents.set(JWKS_PATH, () => minter.jwks());
  documents.set(CERTS_PATH, () => minter.certs());
  return { url, minter, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
}

test("jose verifies a token with the key set from the discovery document", async () => {
  await using issuer = await startIssuer();
  const token = await issuer.minter.mint(oidc, target);
  const document = (await (await fetch(`${issuer.url}${DISCOVERY_PATH}`)).json()) as { jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(document.jwks_uri));
  const { payload } = await jwtVerify(token, keys, { issuer: issuer.url, audience: "https://api.example.com" });
  expect(payload).toMatchObject({ email: "tasks@example.com", email_verified: true });
});

test("google-auth-library verifies a token with the certificates", async () => {
  await using issuer = await startIssuer();
  const token = await issuer.minter.mint({ ...oidc, audience: "" }, target);
  const endpoints = { oauth2FederatedSignonPemCertsUrl: `${issuer.url}${CERTS_PATH}` };
  const client = new OAuth2Client({ endpoints, issuers: [issuer.url] });
  const ticket = await client.verifyIdToken({ idToken: token, audience: target });
  expect(ticket.getPayload()).toMatchObject({ aud: target, email: "tasks@example.com" });
  await expect(client.verifyIdToken({ idToken: `${token.slice(0, -4)}AAAA`, audience: target })).rejects.toThrow(
    "Invalid token signature",
  );
});

test("a minter on the same data uses the same key, also after a reset", async () => {
  const { engine } = engineBench();
  const [first] = (await minterOn(engine).jwks()).keys;
  resetEngine(engine);
  const [second] = (await minterOn(restoreEngine(engine)).jwks()).keys;
  expect(second).toEqual(first);
  expect(Object.keys(await minterOn(engine).certs())).toEqual([first?.kid]);
});

test("minters on different data use different keys", async () => {
  const kids = await Promise.all([1, 2].map(async () => (await minterOn(engineBench().engine).jwks()).keys[0]?.kid));
  expect(new Set(kids).size).toBe(2);
});

test("a stored key that cannot be read is reported", async () => {
  const { engine } = engineBench();
  setValue(engine, "oidc-key", "no key");
  await expect(minterOn(engine).mint(oidc, target)).rejects.toThrow('The stored signing key "oidc-key" cannot be read');
});

test("an OAuth token is opaque, and the minter returns its details", async () => {
  const minter = minterOn(engineBench().engine);
  const token = await minter.mint({ kind: "oauth", serviceAccountEmail: "tasks@example.com", scope: "a b" }, target);
  expect(minter.tokenInfo(token)).toMatchObject({ email: "tasks@example.com", scope: "a b" });
});
