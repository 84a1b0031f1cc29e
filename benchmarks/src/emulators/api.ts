import { protos } from "@google-cloud/tasks";
import { Client, credentials } from "@grpc/grpc-js";
import { HttpConnection } from "../harness/http-connection.ts";

const { CreateQueueRequest, CreateTaskRequest, HttpMethod, ListQueuesRequest } = protos.google.cloud.tasks.v2;
const location = "projects/bench/locations/us-central1";
const body = Buffer.from(JSON.stringify({ task: "process-order", payload: { orderId: 500, text: "x".repeat(150) } }));
const headers = { "Content-Type": "application/json", "CloudTask-Name": "process-order" };

/** A task to create. */
export interface NewTask {
  readonly queue: string;
  readonly url: string;
  /** Milliseconds since the epoch; `undefined` for now. */
  readonly due: number | undefined;
}

/** Sends one encoded call; rejects unless it succeeds. */
export type Send = (request: Buffer) => Promise<void>;

/** Access to an emulator over one of its two protocols. */
export interface Api {
  /** Encodes a CreateTask call. Calls are encoded in advance, so encoding is not measured. */
  create(task: NewTask): Buffer;
  /** One function per concurrent caller. */
  readonly callers: readonly Send[];
  /** Makes an inexpensive call. */
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

  /** @returns the name of the new queue */
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
      this.#client.makeUnaryRequest(path, identity, identity, request, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** REST over one connection per caller. */
export class RestApi implements Api {
  readonly callers: readonly Send[];
  readonly #connections: readonly HttpConnection[];
  readonly #port: number;

  private constructor(port: number, connections: readonly HttpConnection[]) {
    this.#port = port;
    this.#connections = connections;
    this.callers = connections.map((connection) => async (request) => {
      const status = await connection.send(request);
      if (status !== 200) throw new Error(`expected status 200 for a REST call, received ${status}`);
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
