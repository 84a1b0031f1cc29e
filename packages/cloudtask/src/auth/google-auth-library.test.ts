import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, onTestFinished, test, vi } from "vitest";
import { googleAuthLibrary } from "./google-auth-library.ts";

/** Starts a token endpoint that returns t1, t2, … */
async function tokenEndpoint(status: number): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    requests.push(Buffer.concat(chunks).toString());
    outgoing.writeHead(status, { "content-type": "application/json" });
    const issued_token_type = "urn:ietf:params:oauth:token-type:access_token";
    const access_token = `t${requests.length}`;
    outgoing.end(JSON.stringify({ access_token, issued_token_type, expires_in: 3600, token_type: "Bearer" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, requests };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "cloudtask-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** Writes credentials of workload identity federation, the only kind of file with a token endpoint of any URL. */
async function federated(tokenUrl: string): Promise<void> {
  const path = await folder();
  const subject = join(path, "subject");
  const file = join(path, "credentials.json");
  await writeFile(subject, "subject-token");
  const credentials = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: tokenUrl,
    credential_source: { file: subject },
    quota_project_id: "billed",
  };
  await writeFile(file, JSON.stringify(credentials));
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "my-project");
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("the real library returns a token with expiry and quota project, and a new one each time", async () => {
  const { url, requests } = await tokenEndpoint(200);
  await federated(url);
  const source = googleAuthLibrary();
  const first = await source();
  expect(first).toEqual({ token: "t1", expiresAt: expect.any(Date), quotaProject: "billed" });
  expect(await source()).toMatchObject({ token: "t2" });
  expect(requests[0]).toContain("subject_token=subject-token");
  expect(decodeURIComponent(requests[0] ?? "")).toContain("https://www.googleapis.com/auth/cloud-platform");
});

test("an expiry in one hour is returned as that", async () => {
  const { url } = await tokenEndpoint(200);
  await federated(url);
  const before = Date.now();
  const { expiresAt } = (await googleAuthLibrary(() => import("google-auth-library"))()) as { expiresAt: Date };
  expect(expiresAt.getTime() - before).toBeGreaterThanOrEqual(3_599_000);
  expect(expiresAt.getTime() - before).toBeLessThan(3_700_000);
});

test("if the library returns no token, the message contains its reason", async () => {
  const { url } = await tokenEndpoint(403);
  await federated(url);
  await expect(googleAuthLibrary()()).rejects.toMatchObject({
    name: "CredentialsError",
    message: expect.stringMatching(/^google-auth-library returned no access token: ./),
    cause: expect.any(Error),
  });
});

test("a missing credentials file is named in the message", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", join(await folder(), "absent.json"));
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(googleAuthLibrary()()).rejects.toMatchObject({ message: expect.stringContaining("absent.json") });
});

test("the error states that the library is not installed", async () => {
  const reason = Object.assign(new Error("Cannot find package 'google-auth-library' imported from /app/a.js"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(googleAuthLibrary(() => Promise.reject(reason))()).rejects.toMatchObject({
    name: "CredentialsError",
    message: "google-auth-library is not installed, or the build left it out of the deployment.",
    cause: reason,
  });
});

test("the error states why an installed library cannot be loaded", async () => {
  const reason = new Error(
    "Cannot find module 'gaxios'\nRequire stack:\n- /app/node_modules/google-auth-library/index.js",
  );
  await expect(googleAuthLibrary(() => Promise.reject(reason))()).rejects.toMatchObject({
    name: "CredentialsError",
    message: "google-auth-library could not be loaded: Cannot find module 'gaxios'.",
    cause: reason,
  });
});

test.each([{ minify: false }, { minify: true }])(
  "a bundle does not contain the library, minified: $minify",
  async ({ minify }) => {
    const entryPoints = [new URL("./google-auth-library.ts", import.meta.url).pathname];
    const options = {
      entryPoints,
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      metafile: true,
    } as const;
    const { metafile, warnings } = await build({ ...options, minify, logLevel: "silent" });
    expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([]);
    expect(warnings).toEqual([]);
  },
);
