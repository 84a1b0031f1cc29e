import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ClientOptions, CloudTaskClient, type Serializer } from "../../src/index.ts";

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

/** Answers a request. */
export type Answer = (outgoing: ServerResponse, request: ApiRequest) => unknown;

/** A fake server of the Cloud Tasks API. */
export interface ApiServer {
  /** `host:port`, for `emulatorHost`. */
  readonly host: string;
  readonly requests: readonly ApiRequest[];
  /** The maximum number of concurrent requests. */
  readonly peak: () => number;
}

/** The answer of Cloud Tasks to a create: the task, with a generated name if it had none. */
export const created: Answer = (outgoing, { path, text }) => {
  const task = JSON.parse(text || "{}").task ?? {};
  const name = task.name ?? `${path.replace("/v2/", "")}/6154398438278443008`;
  outgoing.end(JSON.stringify({ scheduleTime: "2030-01-01T00:00:00Z", ...task, name }));
};

/** Closes the connection without an answer. */
export const hangUp: Answer = ({ socket }) => (socket as Socket).resetAndDestroy();

/** Never answers. */
export const silence: Answer = () => undefined;

/** Waits until this many calls have arrived, then answers them all in reverse order. */
export function gate(size: number): Answer {
  const pending: (() => unknown)[] = [];
  return (outgoing, request) => {
    pending.push(() => created(outgoing, request));
    if (pending.length < size) return;
    for (const answer of pending.splice(0).reverse()) answer();
  };
}

/** A google.rpc.Status. */
export function refusal(code: number, status: string, message = ""): Answer {
  return (outgoing) => {
    outgoing.writeHead(code, { "Content-Type": "application/json" });
    outgoing.end(JSON.stringify({ error: { code, status, message } }));
  };
}

/** The answer of the real service if the name is taken. */
export const taken: Answer = refusal(409, "ALREADY_EXISTS", "Requested entity already exists");

/** Starts a server on a free port until the end of the test, and returns `host:port`. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Returns the `host:port` of a port without a server. */
export async function closedPort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

/** Starts a server that gives these answers in order, and then repeats the last one. Like other emulators, it has no clock to ask for. */
export async function apiServer(...answers: readonly Answer[]): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  let [open, peak] = [0, 0];
  const host = await listen(async (incoming, outgoing) => {
    if (incoming.url === "/inspect/emulator") return void outgoing.writeHead(404).end();
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

/** Returns the task of a CreateTask request. */
export function taskAt(api: ApiServer, index = 0): WireTask {
  return JSON.parse(api.requests[index]?.text ?? "{}").task;
}

/** Returns the decoded body of the task of a CreateTask request. */
export function bodyAt(api: ApiServer, index = 0): unknown {
  return JSON.parse(Buffer.from(taskAt(api, index).httpRequest.body, "base64").toString());
}

/** Creates a client of the server, which is closed at the end of the test. */
export function clientOf<Format extends Serializer | undefined = undefined>(
  api: Pick<ApiServer, "host"> | undefined,
  options: Partial<ClientOptions<Format>> = {},
): CloudTaskClient<Format> {
  const client = new CloudTaskClient<Format>({
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
