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

/** The answer of Cloud Tasks to a create or a batch: the tasks, with generated names if they had none. */
export const created: Answer = (outgoing, request) => {
  const tasks = tasksIn(request).map((task) => ({
    scheduleTime: "2030-01-01T00:00:00Z",
    ...task,
    name: task.name ?? `${queueOf(request)}/tasks/6154398438278443008`,
  }));
  outgoing.end(JSON.stringify(isBatch(request) ? operationOf(request, { response: { tasks } }) : tasks[0]));
};

/** Fails each task for which `failureOf` returns a `google.rpc.Status`, and creates the others. */
export function failing(
  failureOf: (task: WireTask) => { readonly code: number; readonly message: string } | undefined,
): Answer {
  return (outgoing, request) => {
    const failures = tasksIn(request).map(failureOf);
    const tasks = tasksIn(request)
      .filter((_, index) => failures[index] === undefined)
      .map((task) => ({ ...task, name: task.name ?? `${queueOf(request)}/tasks/1` }));
    const failedRequests = Object.fromEntries(
      failures.flatMap((failure, index) => (failure === undefined ? [] : [[index, failure]])),
    );
    const response = tasks.length === 0 ? undefined : { tasks };
    outgoing.end(JSON.stringify(operationOf(request, { metadata: { failedRequests }, response })));
  };
}

/** The operation of a batch that is done. */
export function operationOf({ text, path }: ApiRequest, fields: object = {}): object {
  const location = path.slice("/v2/".length, path.indexOf("/queues/"));
  return { name: `${location}/operations/${JSON.parse(text).requestId}`, done: true, ...fields };
}

/** Returns the tasks of a CreateTask or BatchCreateTasks request. */
export function tasksIn(request: ApiRequest): readonly WireTask[] {
  const { task, requests = [] } = JSON.parse(request.text || "{}");
  if (isBatch(request)) return requests.map((each: { readonly task: WireTask }) => each.task);
  return request.method === "POST" ? [task ?? {}] : [];
}

function isBatch({ path }: ApiRequest): boolean {
  return path.endsWith("/tasks:batchCreate");
}

function queueOf({ path }: ApiRequest): string {
  return path.replace("/v2/", "").replace(/\/tasks(:batchCreate)?$/, "");
}

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

/** Returns all tasks that the API was to create, by creates and by batches. */
export function tasksOf(api: ApiServer): readonly WireTask[] {
  return api.requests.flatMap(tasksIn);
}

/** Returns one of the tasks that the API was to create. */
export function taskAt(api: ApiServer, index = 0): WireTask {
  const task = tasksOf(api)[index];
  if (task === undefined) throw new RangeError(`the API received no task ${index}`);
  return task;
}

/** Returns the decoded body of one of the tasks that the API was to create. */
export function bodyAt(api: ApiServer, index = 0): unknown {
  return bodyOf(taskAt(api, index));
}

/** Returns the decoded body of a task. */
export function bodyOf(task: WireTask): { readonly task: string; readonly payload: number } {
  return JSON.parse(Buffer.from(task.httpRequest.body, "base64").toString());
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
