import { once } from "node:events";
import net, { type Socket } from "node:net";
import {
  create,
  type DescMethod,
  fromBinary,
  type Message,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type CallOptions,
  Client,
  type ClientOptions,
  type ClientReadableStream,
  credentials,
  Metadata,
} from "@grpc/grpc-js";
import { CloudTasks } from "../../src/gen/google/cloud/tasks/v2/cloudtasks_pb.ts";
import { AccessGuard } from "../../src/http/access-guard.ts";
import { TokenMinter } from "../../src/oidc/token-minter.ts";
import { createPort, type PortParts } from "../../src/port/port.ts";
import type { RpcHandler } from "../../src/service/api-service.ts";
import { engineBench, START } from "./engine.ts";

/** A listening port. */
export interface OpenPort extends AsyncDisposable {
  /** `127.0.0.1:8123` */
  readonly address: string;
  readonly url: string;
  readonly number: number;
  close(): Promise<void>;
}

/** The options of `openPort()`; by default the port has no methods. */
export interface PortOptions extends Partial<PortParts> {
  /** The handlers of `google.cloud.tasks.v2.CloudTasks`. */
  readonly methods?: Readonly<Record<string, RpcHandler>>;
  /** The port number; a free port by default. */
  readonly at?: number;
}

/** Opens a port that answers REST requests with `{"path":…,"body":…}`. */
export async function openPort({ methods = {}, at = 0, ...options }: PortOptions = {}): Promise<OpenPort> {
  const url = (): string => `http://127.0.0.1:${number}`;
  const port = createPort({
    api: [{ descriptor: CloudTasks, methods }],
    guard: new AccessGuard({ host: "127.0.0.1", allowedHosts: [] }),
    minter: new TokenMinter({ now: () => START, issuer: url, engine: engineBench().engine }),
    url,
    rest: async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.end(JSON.stringify({ path: request.url, body }));
    },
    ...options,
  });
  const number = await port.listen("127.0.0.1", at);
  const close = (): Promise<void> => port.close();
  return { address: `127.0.0.1:${number}`, url: url(), number, close, [Symbol.asyncDispose]: close };
}

/** A gRPC client with typed messages, like a generated one. */
export class GrpcClient implements Disposable {
  readonly client: Client;

  constructor({ address }: Pick<OpenPort, "address">, options: ClientOptions = {}) {
    // Channels to the same address share connections, and the next test may get the same port.
    this.client = new Client(address, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      ...options,
    });
  }

  call<Method extends DescMethod>(
    method: Method,
    request: MessageInitShape<Method["input"]>,
    { headers = {}, ...options }: CallOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<MessageShape<Method["output"]>> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const message = create(method.input as Method["input"], request);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(...wire(method), message, metadata, options, (error, response) =>
        response === undefined ? reject(error) : resolve(response),
      );
    });
  }

  stream<Method extends DescMethod>(
    method: Method,
    request: MessageInitShape<Method["input"]>,
  ): ClientReadableStream<MessageShape<Method["output"]>> {
    return this.client.makeServerStreamRequest(...wire(method), create(method.input as Method["input"], request));
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

/** The connection preface of HTTP/2, followed by SETTINGS, which may be empty. Source: RFC 9113, 3.4. */
export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const SETTINGS: Buffer = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

type Wire<Input, Output> = [string, (message: Input) => Buffer, (bytes: Buffer) => Output];

function wire<Method extends DescMethod>(
  method: Method,
): Wire<MessageShape<Method["input"]>, MessageShape<Method["output"]>> {
  return [
    `/${method.parent.typeName}/${method.name}`,
    (message: Message) => Buffer.from(toBinary(method.input, message)),
    (bytes) => fromBinary(method.output as Method["output"], new Uint8Array(bytes)),
  ];
}

/** Opens a connection and sends bytes. */
export async function connected(
  { number }: Pick<OpenPort, "number">,
  ...bytes: readonly (string | Uint8Array)[]
): Promise<Socket> {
  const socket = net.connect({ port: number, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  for (const part of bytes) socket.write(part);
  return socket;
}

/** Reads a connection until the other side closes it. */
export async function allFrom(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  await new Promise((resolve) => socket.once("end", resolve).once("close", resolve));
  socket.destroy();
  return text;
}
