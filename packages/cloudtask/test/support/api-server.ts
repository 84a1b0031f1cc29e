import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ClientOptions, CloudTaskClient } from "../../src/index.ts";

/** The task of a CreateTask call, as it stood on the wire. */
export interface WireTask {
  readonly name?: string;
  readonly scheduleTime?: string;
  readonly dispatchDeadline?: string;
  readonly httpRequest: {
    readonly url: string;
    readonly httpMethod: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience: string };
  };
  /** In place of the other. */
  readonly appEngineHttpRequest?: {
    readonly relativeUri: string;
    readonly appEngineRouting: { readonly service?: string; readonly version?: string; readonly instance?: string };
  };
}

/** One request that the API was sent. */
export interface ApiRequest {
  readonly method: string;
  /** Such as `/v2/projects/p/locations/l/queues/q/tasks`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How the API answers one request. */
export type Answer = (outgoing: ServerResponse, request: ApiRequest) => unknown;

/** A server that plays the Cloud Tasks API. */
export interface ApiServer {
  /** `host:port`, as `emulatorHost` takes it. */
  readonly host: string;
  readonly requests: readonly ApiRequest[];
  /** How many requests were open at once, at most. */
  readonly peak: () => number;
}

/** As Cloud Tasks answers a create: with the task, named by it where it had no name. */
export const created: Answer = (outgoing, { path, text }) => {
  const task = JSON.parse(text || "{}").task ?? {};
  const name = task.name ?? `${path.replace("/v2/", "")}/6154398438278443008`;
  outgoing.end(JSON.stringify({ scheduleTime: "2030-01-01T00:00:00Z", ...task, name }));
};

/** Closes the connection without an answer. */
export const hangUp: Answer = ({ socket }) => (socket as Socket).resetAndDestroy();

/** Never answers. */
export const silence: Answer = () => undefined;

/** Holds every answer back until so many calls wait for one, then answers all, the last first. */
export function gate(size: number): Answer {
  const held: (() => unknown)[] = [];
  return (outgoing, request) => {
    held.push(() => created(outgoing, request));
    if (held.length < size) return;
    for (const answer of held.splice(0).reverse()) answer();
  };
}

/** A google.rpc.Status. */
export function refusal(code: number, status: string, message = ""): Answer {
  return (outgoing) => {
    outgoing.writeHead(code, { "Content-Type": "application/json" });
    outgoing.end(JSON.stringify({ error: { code, status, message } }));
  };
}

/** What the real service says to a name that is taken. */
export const taken: Answer = refusal(409, "ALREADY_EXISTS", "Requested entity already exists");

/**
 * Listens on a port of its own until the test is over.
 *
 * @returns `host:port`
 */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where nobody listens. */
export async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

/** Answers one request after the other as listed, the last answer from then on. */
export async function apiServer(...answers: readonly Answer[]): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  let [open, peak] = [0, 0];
  const host = await listen(async (incoming, outgoing) => {
    peak = Math.max(peak, ++open);
    outgoing.once("close", () => {
      open--;
    });
    const chunks: Buffer[] = await incoming.toArray();
    const { method = "", url = "", headers } = incoming;
    const request = { method, path: url, headers, text: Buffer.concat(chunks).toString() };
    const answer = answers[Math.min(requests.push(request), answers.length) - 1] ?? created;
    answer(outgoing, request);
  });
  return { host, requests, peak: () => peak };
}

/** @returns the task of a CreateTask call that the server was sent */
export function taskAt(api: ApiServer, index = 0): WireTask {
  return JSON.parse(api.requests[index]?.text ?? "{}").task;
}

/** @returns the body of such a task, decoded */
export function bodyAt(api: ApiServer, index = 0): unknown {
  return JSON.parse(Buffer.from(taskAt(api, index).httpRequest.body, "base64").toString());
}

/** A client of that server, closed when the test is over. */
export function clientOf(
  api: Pick<ApiServer, "host"> | undefined,
  options: Partial<ClientOptions> = {},
): CloudTaskClient {
  const client = new CloudTaskClient({
    project: "p",
    location: "l",
    url: "https://worker.test/tasks/run",
    emulatorHost: api?.host,
    apiRetry: { minDelay: 1, maxDelay: 2, totalTimeout: "2s" },
    ...options,
  });
  onTestFinished(() => client.close().catch(() => undefined));
  return client;
}
