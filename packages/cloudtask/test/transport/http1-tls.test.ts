import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { selfSignedCertificate } from "../../../emulator/src/oidc/self-signed-certificate.ts";
import { createSocketSender } from "../../src/transport/http1/socket-sender-node.ts";

/** The properties of the connection of a request. */
interface Seen {
  readonly name: string | false | null | undefined;
  readonly protocol: string | false | null;
  readonly isResumed: boolean;
}

async function startApi() {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const cert = selfSignedCertificate(keys, "localhost");
  const key = keys.privateKey.export({ type: "pkcs8", format: "pem" });
  const seen: Seen[] = [];
  const server = createServer({ key, cert }, ({ socket }, outgoing) => {
    const { servername, alpnProtocol } = socket as TLSSocket & { readonly servername?: string | false };
    seen.push({ name: servername, protocol: alpnProtocol, isResumed: (socket as TLSSocket).isSessionReused() });
    outgoing.setHeader("Connection", "close").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { cert, seen, port: (server.address() as AddressInfo).port };
}

/** Sends requests in a process that trusts the certificate. */
async function sendTrusting(cert: string, url: string, count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cloudtask-tls-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const ca = join(folder, "ca.pem");
  await writeFile(ca, cert);
  const module = JSON.stringify(new URL("../../src/transport/http-node.ts", import.meta.url).href);
  const script = `import { createHttpSender } from ${module};
    const sender = createHttpSender();
    const request = { method: "POST", body: "{}", url: "${url}", headers: {}, signal: new AbortController().signal };
    for (let count = 0; count < ${count}; count += 1) {
      const answer = await sender.send(request).catch((error) => ({ body: error.code }));
      console.log(answer.body);
    }`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: ca };
  return (await promisify(execFile)(process.execPath, args, { env, timeout: 15_000 })).stdout;
}

test("a certificate of NODE_EXTRA_CA_CERTS is trusted, and later connections resume the session", async () => {
  const { cert, seen, port } = await startApi();
  expect(await sendTrusting(cert, `https://localhost:${port}/`, 3)).toBe("{}\n{}\n{}\n");
  const connection = { name: "localhost", protocol: "http/1.1" };
  expect(seen).toEqual([
    { ...connection, isResumed: false },
    { ...connection, isResumed: true },
    { ...connection, isResumed: true },
  ]);
});

test("a certificate for another name is rejected, and no request is sent", async () => {
  const { cert, seen, port } = await startApi();
  expect(await sendTrusting(cert, `https://127.0.0.1:${port}/`, 1)).toBe("ERR_TLS_CERT_ALTNAME_INVALID\n");
  expect(seen).toEqual([]);
});

test("a certificate that is not trusted is rejected, and no request is sent", async () => {
  const { seen, port } = await startApi();
  const sender = createSocketSender();
  const { signal } = new AbortController();
  let isConnected = false;
  const onConnection = (): void => {
    isConnected = true;
  };
  const request = { method: "GET", url: `https://localhost:${port}/`, headers: {}, signal, onConnection } as const;
  await expect(sender.send(request)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  expect({ seen, isConnected }).toEqual({ seen: [], isConnected: false });
});
