import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { selfSignedCertificate } from "../../packages/emulator/src/oidc/self-signed-certificate.ts";
import { NODES } from "./support/runtimes.ts";

const PROGRAM = fileURLToPath(new URL("programs/push-with-token.mjs", import.meta.url));

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Starts an API with a certificate for `api.test`, a proxy that alone can find that host, and the folder of the certificate. */
async function startProxiedApi() {
  const folder = await mkdtemp(join(tmpdir(), "cloudtask-proxy-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const cert = selfSignedCertificate(keys, "api.test");
  const ca = join(folder, "ca.pem");
  await writeFile(ca, cert);
  const key = keys.privateKey.export({ type: "pkcs8", format: "pem" });
  const api = createSecureServer({ key, cert }, (incoming, outgoing) => {
    incoming.resume().on("end", () => outgoing.end('{"name":"projects/p/locations/l/queues/default/tasks/17"}'));
  });
  const apiPort = await portOf(api);
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    tunnels.push(url);
    const onward = connect(apiPort, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    socket
      .on("error", () => onward.destroy())
      .pipe(onward)
      .pipe(socket);
  });
  return { proxy: `http://127.0.0.1:${await portOf(proxy)}`, ca, tunnels };
}

const node24 = NODES.find(({ name }) => name === "Node 24");

test.skipIf(node24 === undefined || !node24.isInstalled)(
  "on Node 24 with NODE_USE_ENV_PROXY=1, pushes use the proxy of HTTPS_PROXY",
  async () => {
    const { proxy, ca, tunnels } = await startProxiedApi();
    const env = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: proxy, NODE_EXTRA_CA_CERTS: ca };
    const [command = "", ...before] = node24?.command ?? [];
    const { stdout } = await promisify(execFile)(command, [...before, PROGRAM, "https://api.test:8443"], { env });
    expect(stdout).toBe("17\n");
    expect(tunnels).toEqual(["api.test:8443"]);
  },
);
