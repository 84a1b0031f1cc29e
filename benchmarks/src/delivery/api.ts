import { protos } from "@google-cloud/tasks";
import { Client, credentials } from "@grpc/grpc-js";
import { HttpConnection } from "./http-connection.ts";

const { CreateQueueRequest, CreateTaskRequest, HttpMethod, ListQueuesRequest } = protos.google.cloud.tasks.v2;
const location = "projects/bench/locations/us-central1";
const body = Buffer.from(JSON.stringify({ task: "process-order", payload: { orderId: 500, text: "x".repeat(150) } }));
const headers = { "Content-Type": "application/json", "CloudTask-Name": "process-order" };

/** A task to create: in which queue, for which URL, due when (milliseconds since 1970; undefined: now). */
export interface NewTask {
  readonly queue: string;
  readonly url: string;
  readonly due: number | undefined;
}

/** Sends one call, ready as bytes; throws where the answer is not a success. */
export type Send = (request: Buffer) => Promise<void>;

/** One of the two protocols to one emulator. */
export interface Api {
  /** The call that creates a task. Made ahead, so that its making is not measured. */
  create(task: NewTask): Buffer;
  /** As many ways to send at the same time as were wished for. */
  readonly callers: readonly Send[];
  /** Any cheap call. */
  probe(): Promise<void>;
  close(): void;
}

/** gRPC over one connection. */
export class GrpcApi implements Api {
  readonly callers: readonly Send[];
  readonly #client: Client;

  constructor(port: number, concurrency: number) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    this.callers = Array.from({ length: concurrency }, () => (request) => this.#call("CreateTask", request));
  }

  create({ queue, url, due }: NewTask): Buffer {
    const scheduleTime = due === undefined ? null : { seconds: Math.floor(due / 1000), nanos: (due % 1000) * 1e6 };
    const httpRequest = { url, httpMethod: HttpMethod.POST, headers, body };
    return Buffer.from(CreateTaskRequest.encode({ parent: queue, task: { scheduleTime, httpRequest } }).finish());
  }

  probe(): Promise<void> {
    return this.#call("ListQueues", Buffer.from(ListQueuesRequest.encode({ parent: location }).finish()));
  }

  /** @returns the name of a new queue that may dispatch so many tasks a second */
  async createQueue(id: string, maxDispatchesPerSecond: number): Promise<string> {
    const name = `${location}/queues/${id}`;
    const rateLimits = { maxDispatchesPerSecond, maxConcurrentDispatches: 1000 };
    const request = CreateQueueRequest.encode({ parent: location, queue: { name, rateLimits } });
    await this.#call("CreateQueue", Buffer.from(request.finish()));
    return name;
  }

  close(): void {
    this.#client.close();
  }

  #call(method: string, request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const path = `/google.cloud.tasks.v2.CloudTasks/${method}`;
      this.#client.makeUnaryRequest(path, same, same, request, (error) => (error === null ? resolve() : reject(error)));
    });
  }
}

function same(bytes: Buffer): Buffer {
  return bytes;
}

/** REST over a connection for each caller. */
export class RestApi implements Api {
  readonly callers: readonly Send[];
  readonly #connections: readonly HttpConnection[];
  readonly #port: number;

  private constructor(port: number, connections: readonly HttpConnection[]) {
    this.#port = port;
    this.#connections = connections;
    this.callers = connections.map((connection) => async (request) => {
      const status = await connection.send(request);
      if (status !== 200) throw new Error(`expected 200 to a REST call; received ${status}`);
    });
  }

  static async open(port: number, concurrency: number): Promise<RestApi> {
    return new RestApi(port, await Promise.all(Array.from({ length: concurrency }, () => HttpConnection.open(port))));
  }

  create({ queue, url, due }: NewTask): Buffer {
    const scheduleTime = due === undefined ? undefined : new Date(due).toISOString();
    const httpRequest = { url, httpMethod: "POST", headers, body: body.toString("base64") };
    return this.#request("POST", `/v2/${queue}/tasks`, JSON.stringify({ task: { scheduleTime, httpRequest } }));
  }

  async probe(): Promise<void> {
    await this.callers[0]?.(this.#request("GET", `/v2/${location}/queues`, ""));
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #request(method: string, path: string, text: string): Buffer {
    const length = Buffer.byteLength(text);
    const head = `Host: 127.0.0.1:${this.#port}\r\nContent-Type: application/json\r\nContent-Length: ${length}`;
    return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${text}`);
  }
}
