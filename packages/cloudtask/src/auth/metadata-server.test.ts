import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { HttpSender } from "../core/http-sender.ts";
import { createHttpSender as createFetchSender } from "../transport/http-fetch.ts";
import { createHttpSender as createNodeSender } from "../transport/http-node.ts";
import { createMetadataServer, type MetadataServer } from "./metadata-server.ts";

const twins = [
  { twin: "http-node", create: createNodeSender },
  { twin: "http-fetch", create: createFetchSender },
];
const TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token";
const now = (): number => 1_000_000;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Page = string | number | RequestListener;

function show(page: Page): RequestListener {
  if (typeof page === "function") return page;
  if (typeof page === "number") return (_, outgoing) => outgoing.writeHead(page).end();
  return (_, outgoing) => outgoing.end(page);
}

/** Starts a metadata server as Google documents it: it requires its header, and sends it back. */
function google(pages: Readonly<Record<string, Page>>): Promise<string> {
  return serve((incoming, outgoing) => {
    outgoing.setHeader("Metadata-Flavor", "Google");
    const allowed = incoming.headers["metadata-flavor"] === "Google";
    const page = allowed ? pages[incoming.url ?? ""] : 403;
    show(page ?? 404)(incoming, outgoing);
  });
}

/** Gives these answers in order, and then repeats the last one. */
function inTurn(...pages: readonly Page[]): RequestListener {
  let count = 0;
  return (incoming, outgoing) => {
    const page = pages[Math.min(count, pages.length - 1)];
    count += 1;
    show(page ?? 404)(incoming, outgoing);
  };
}

function clientOf(host: string, sender: HttpSender = createNodeSender(), timeoutMs = 5_000): MetadataServer {
  onTestFinished(() => sender.close());
  return createMetadataServer(sender, { environment: () => host, now, timeoutMs });
}

const token = '{"access_token":"ya29.abc","expires_in":3599,"token_type":"Bearer"}';

test.each(twins)("$twin: token, project and region are read as on Cloud Run", async ({ create }) => {
  const host = await google({
    [TOKEN]: token,
    "/computeMetadata/v1/project/project-id": "my-project",
    "/computeMetadata/v1/instance/region": "projects/123/regions/europe-west1",
  });
  const client = clientOf(host, create());
  expect(await client.available()).toBe(true);
  expect(await client.token()).toEqual({ token: "ya29.abc", expiresAt: new Date(1_000_000 + 3_599_000) });
  expect(await client.projectId()).toBe("my-project");
  expect(await client.region()).toBe("europe-west1");
});

test("on Compute Engine the region is derived from the zone", async () => {
  const host = await google({ "/computeMetadata/v1/instance/zone": "projects/123/zones/us-central1-f\n" });
  expect(await clientOf(host).region()).toBe("us-central1");
});

test("a missing value is undefined", async () => {
  const client = clientOf(await google({}));
  expect([await client.projectId(), await client.region()]).toEqual([undefined, undefined]);
});

const hiccups: { hiccup: string; page: Page; timeoutMs: number }[] = [
  { hiccup: "a 503", page: 503, timeoutMs: 5_000 },
  { hiccup: "a reset connection", page: ({ socket }) => socket.resetAndDestroy(), timeoutMs: 5_000 },
  { hiccup: "silence", page: () => undefined, timeoutMs: 500 },
];

test.each(twins.flatMap((twin) => hiccups.map((hiccup) => ({ ...twin, ...hiccup }))))(
  "$twin: the request is retried after $hiccup",
  async ({ create, page, timeoutMs }) => {
    const host = await google({ [TOKEN]: inTurn(page, page, token) });
    expect((await clientOf(host, create(), timeoutMs).token()).token).toBe("ya29.abc");
  },
);

test.each([
  { name: "no service account", page: 404, message: /answered 404 .* Is a service account attached/ },
  { name: "a 403", page: 403, message: /answered 403 to the request for an access token\./ },
  { name: "a lasting 500", page: 500, message: /answered 500/ },
  { name: "HTML", page: "<html>ya29</html>", message: /without an access token/ },
  { name: "nothing", page: "", message: /without an access token/ },
  { name: "null", page: "null", message: /without an access token/ },
  { name: "half a token", page: '{"access_token":"ya29.abc"}', message: /without an access token/ },
])("$name instead of a token throws a CredentialsError", async ({ page, message }) => {
  const host = await google({ [TOKEN]: page });
  const failure = await clientOf(host)
    .token()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "CredentialsError", message: expect.stringMatching(message) });
  expect(failure).not.toMatchObject({ message: expect.stringContaining("ya29") });
});

test("a server without the Metadata-Flavor header is rejected", async () => {
  const client = clientOf(await serve((_, outgoing) => outgoing.end(token)));
  await expect(client.token()).rejects.toMatchObject({
    name: "CredentialsError",
    cause: { message: expect.stringContaining("is not a metadata server") },
  });
  expect(await client.projectId()).toBeUndefined();
});

test("a refused connection throws a CredentialsError with the socket's error as cause", async () => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const client = clientOf(`127.0.0.1:${port}`);
  await expect(client.token()).rejects.toMatchObject({ name: "CredentialsError", cause: { code: "ECONNREFUSED" } });
  expect(await client.region()).toBeUndefined();
});

/** An environment with only this variable. */
function only(name?: string) {
  return (...names: readonly string[]): string | undefined =>
    names.filter((requested) => requested === name).map(() => "x")[0];
}

/** Creates a sender that gives every probe the same answer, and records the URLs. */
function probed(headers: Readonly<Record<string, string>>) {
  const urls: string[] = [];
  const sender: HttpSender = {
    async send({ url }) {
      urls.push(url);
      return { status: 200, headers, body: "" };
    },
    close: async () => undefined,
  };
  return { sender, urls };
}

const PROBE = "http://metadata.google.internal/computeMetadata/v1/instance/";

test("without environment variables one probe finds the server", async () => {
  const { sender, urls } = probed({ "metadata-flavor": "Google" });
  const client = createMetadataServer(sender, { environment: only() });
  expect(await Promise.all([client.available(), client.available()])).toEqual([true, true]);
  expect(await client.available()).toBe(true);
  expect(urls).toEqual([PROBE]);
});

test("after a failed probe the next call probes again, because the server may still start", async () => {
  const { sender, urls } = probed({ server: "captive portal" });
  const client = createMetadataServer(sender, { environment: only() });
  expect(await Promise.all([client.available(), client.available()])).toEqual([false, false]);
  expect(await client.available()).toBe(false);
  expect(urls).toEqual([PROBE, PROBE]);
});

test("without a server, project and region are undefined after the probe", async () => {
  const { sender, urls } = probed({});
  const client = createMetadataServer(sender, { environment: only() });
  expect([await client.projectId(), await client.region()]).toEqual([undefined, undefined]);
  expect(new Set(urls)).toEqual(new Set([PROBE]));
});

test("a probe without an answer in time means that there is no server", async () => {
  const sender: HttpSender = {
    send: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    close: async () => undefined,
  };
  expect(await createMetadataServer(sender, { environment: only(), probeTimeoutMs: 1 }).available()).toBe(false);
});

test.each(["K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE"])("no probe is sent if %s is set", async (name) => {
  const { sender, urls } = probed({});
  expect(await createMetadataServer(sender, { environment: only(name) }).available()).toBe(true);
  expect(urls).toEqual([]);
});
