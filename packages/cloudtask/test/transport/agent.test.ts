import { once } from "node:events";
import http, { createServer, request } from "node:http";
import { Agent, createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { type ClientOptions, CloudTaskClient, type HttpAgent } from "../../src/index.ts";
import { createHttpSender as createFetchSender } from "../../src/transport/http-fetch.ts";
import { apiServer, clientOf } from "../support/api-server.ts";

/** Both sides share a key, so no certificate is needed. */
const CIPHERS = { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" } as const;
const KEY = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const TRUST = {
  ...CIPHERS,
  pskCallback: () => ({ psk: KEY, identity: "cloudtask" }),
  checkServerIdentity: () => undefined,
};

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Starts an API with TLS, which only a client with the key trusts. */
async function secureApi() {
  const paths: string[] = [];
  const port = await portOf(
    createSecureServer({ ...CIPHERS, pskCallback: () => KEY }, (incoming, outgoing) => {
      paths.push(incoming.url ?? "");
      incoming.resume().on("end", () => outgoing.end('{"name":"projects/p/locations/l/queues/q/tasks/1"}'));
    }),
  );
  return { paths, port };
}

/** An agent for a proxy, as packages for that provide. It asks the proxy for a tunnel to the API. */
class TunnelAgent extends Agent {
  readonly proxyPort: number;
  constructor(proxyPort: number) {
    super({ keepAlive: true });
    this.proxyPort = proxyPort;
  }
  override createConnection: Agent["createConnection"] = (options, callback) => {
    const { host, port } = options as { readonly host: string; readonly port: number };
    const asking = request({ host: "127.0.0.1", port: this.proxyPort, method: "CONNECT", path: `${host}:${port}` });
    asking.on("connect", (_, socket) => callback?.(null, connectTls({ ...(options as object), ...TRUST, socket })));
    asking.end();
    return undefined;
  };
}

function clientWith(options: Partial<ClientOptions>): CloudTaskClient {
  const url = "https://worker.test/tasks/run";
  const client = new CloudTaskClient({ project: "p", location: "l", url, token: () => "token", ...options });
  onTestFinished(() => client.close());
  return client;
}

test("an agent with the trust of a private certificate authority connects to the API", async () => {
  const { paths, port } = await secureApi();
  const agent = new Agent({ keepAlive: true, ...TRUST });
  onTestFinished(() => agent.destroy());
  const client = clientWith({ agent, apiEndpoint: `https://127.0.0.1:${port}` });
  await client
    .task("t", () => undefined)()
    .push();
  expect(paths).toEqual(["/v2/projects/p/locations/l/queues/default/tasks"]);
});

test("an agent for a proxy sends pushes through the proxy", async () => {
  const { paths, port } = await secureApi();
  const tunnels: string[] = [];
  const proxy = createServer().on("connect", ({ url = "" }, socket) => {
    tunnels.push(url);
    const [host, target] = url.split(":");
    const onward = connect(Number(target), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    socket.pipe(onward).pipe(socket);
    onTestFinished(() => void socket.destroy());
  });
  const agent = new TunnelAgent(await portOf(proxy));
  onTestFinished(() => agent.destroy());
  const client = clientWith({ agent, apiEndpoint: `https://127.0.0.1:${port}` });
  const task = client.task("t", () => undefined);
  await task().push();
  await task().push();
  expect(paths).toHaveLength(2);
  expect(tunnels).toEqual([`127.0.0.1:${port}`]);
});

test("with an agent of two connections, other pushes wait before their time limits start", async () => {
  const { paths, port } = await secureApi();
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ...TRUST });
  onTestFinished(() => agent.destroy());
  const client = clientWith({ agent, apiEndpoint: `https://127.0.0.1:${port}` });
  const task = client.task("t", () => undefined);
  await Promise.all(Array.from({ length: 20 }, () => task().push()));
  expect(paths).toHaveLength(20);
});

test("close() leaves the agent open", async () => {
  const agent = new Agent({ keepAlive: true, ...TRUST });
  onTestFinished(() => agent.destroy());
  const { paths, port } = await secureApi();
  for (let count = 0; count < 2; count += 1) {
    const client = clientWith({ agent, apiEndpoint: `https://127.0.0.1:${port}` });
    await client
      .task("t", () => undefined)()
      .push();
    await client.close();
  }
  expect(paths).toHaveLength(2);
});

test("an emulator is called without the agent", async () => {
  const api = await apiServer();
  await clientOf(api, { agent: new Agent() })
    .task("t", () => undefined)()
    .push();
  expect(api.requests).toHaveLength(1);
});

test("a value that is no agent, or beside a transport, is rejected", () => {
  const transport = { call: async () => ({ body: {}, attempts: 1 }), close: async () => undefined };
  expect(() => clientWith({ agent: { maxSockets: 1, destroy: () => undefined } })).toThrow(/`agent` .* addRequest/);
  expect(() => clientWith({ agent: new Agent(), transport })).toThrow("`agent` and `transport` cannot be combined");
});

test("an agent is rejected on a runtime without node:http", () => {
  expect(() => createFetchSender({ agent: new Agent() as HttpAgent })).toThrow("`agent` requires Node");
});

test("a tool that replaces http.request after the library was loaded sees the pushes", async () => {
  const api = await apiServer();
  const client = clientOf(api);
  const task = client.task("t", () => undefined);
  await task().push();
  const original = http.request;
  const seen: unknown[] = [];
  http.request = ((options: { readonly path: string }, ...rest: []) => {
    seen.push(options.path);
    return original(options, ...rest);
  }) as typeof http.request;
  onTestFinished(() => {
    http.request = original;
  });
  await task().push();
  expect(seen).toEqual(["/v2/projects/p/locations/l/queues/default/tasks"]);
});
