import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { createEmulator, type EmulatorOptions } from "@cloudtask/emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { selfSignedCertificate } from "../../src/oidc/self-signed-certificate.ts";
import { createTask } from "../support/api.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const certificate = selfSignedCertificate(keys, "api.example.com");

const seen: { host: string | undefined; serverName: string | false | null }[] = [];
const server = https.createServer({ key: keys.privateKey.export({ type: "pkcs8", format: "pem" }), cert: certificate });
server.on("request", (request, response) => {
  seen.push({ host: request.headers.host, serverName: (request.socket as TLSSocket).servername });
  response.end();
});
const directory = mkdtempSync(join(tmpdir(), "cloudtask-tls-"));
const targetCa = join(directory, "ca.pem");
let address = "";

beforeAll(async () => {
  writeFileSync(targetCa, `A comment before the certificate.\n${certificate}`);
  await once(server.listen(0, "127.0.0.1"), "listening");
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

/** Delivers a task to `https://api.example.com/run`, which is the server of this file. Returns the error and the status. */
async function delivered(options: EmulatorOptions, url = "https://api.example.com/run"): Promise<unknown> {
  seen.length = 0;
  const rewriteHosts = { "api.example.com": address, "other.example.com": address };
  await using emulator = await createEmulator({
    rewriteHosts,
    queues: { default: { retry: { maxAttempts: 1 } } },
    ...options,
  });
  await createTask(emulator, { url });
  await emulator.idle();
  const [attempt] = emulator.attempts();
  return attempt?.error ?? attempt?.status;
}

test("a target with a self-signed certificate is not trusted by default", async () => {
  expect(await delivered({})).toBe("self-signed certificate");
});

test("rewriteHosts keeps the Host header and the server name of the task's URL, which the certificate must have", async () => {
  expect(await delivered({ targetCa })).toBe(200);
  expect(seen).toEqual([{ host: "api.example.com", serverName: "api.example.com" }]);
  expect(await delivered({ targetCa }, "https://other.example.com/run")).toContain("other.example.com");
});

test("allowUnverifiedTls accepts any certificate", async () => {
  expect(await delivered({ allowUnverifiedTls: true })).toBe(200);
  expect(await delivered({ allowUnverifiedTls: true }, `https://${address}/run`)).toBe(200);
});

const unusable = [
  ["a missing file", "missing.pem", undefined, "ENOENT"],
  ["a directory", ".", undefined, "EISDIR"],
  ["a file without certificate", "key.pem", "no certificate", "it contains no certificate"],
  ["a damaged certificate", "bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "asn1"],
] as const;

test.each(unusable)("targetCa rejects %s", async (_, name, content, message) => {
  const file = join(directory, name);
  for (const text of [content].flatMap((one) => one ?? [])) writeFileSync(file, text);
  const started = createEmulator({ targetCa: file });
  await expect(started).rejects.toThrow(TypeError);
  await expect(started).rejects.toThrow(new RegExp(`createEmulator: targetCa: .*${name}.*${message}`, "s"));
});
