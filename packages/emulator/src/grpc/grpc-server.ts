import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { AccessGuard } from "../http/access-guard.ts";
import type { ApiService } from "../service/api-service.ts";
import { RpcError } from "../service/rpc-error.ts";
import { type CallHandler, GrpcCall } from "./grpc-call.ts";
import { healthMethods } from "./health.ts";
import { Health } from "./health-descriptor.ts";
import { type Keepalive, keepAlive } from "./keepalive.ts";
import { reflectionMethods } from "./reflection/reflection-methods.ts";
import { pathOf, unaryMethod } from "./unary-method.ts";

/** The parts of a gRPC server. */
export interface GrpcParts {
  readonly guard: AccessGuard;
  readonly api: readonly ApiService[];
}

/**
 * Closes the connections of clients that disappeared or broke the protocol. After a protocol error Node answers GOAWAY, stops
 * reading and reports nothing, not even that the client has closed its side; only an unanswered ping shows it. Thousands of such
 * connections would use up the file descriptors, so the ping is early.
 */
const KEEPALIVE: Keepalive = { afterMs: 2_000, timeoutMs: 5_000 };

/** By default a connection with 10 MB of unread requests is closed, which is the size of one request. */
const UNLIMITED_MEMORY = Number.MAX_SAFE_INTEGER;

/** Serves the API, health and reflection over gRPC, on connections that are passed to it. */
export class GrpcServer {
  readonly #guard: AccessGuard;
  readonly #keepalive: Keepalive;
  readonly #methods: ReadonlyMap<string, CallHandler>;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor({ guard, api }: GrpcParts, keepalive: Keepalive = KEEPALIVE) {
    this.#guard = guard;
    this.#keepalive = keepalive;
    const services = [...api.map(({ descriptor }) => descriptor), Health];
    this.#methods = new Map([
      ...api.flatMap(methodsOf),
      ...healthMethods(services.map(({ typeName }) => typeName)),
      ...reflectionMethods(services),
    ]);
  }

  /** Takes over a connection whose first bytes are the preface of HTTP/2. */
  accept(socket: Socket): void {
    const session = performServerHandshake(socket, {
      maxSessionMemory: UNLIMITED_MEMORY,
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
    });
    this.#sessions.add(session);
    session.on("close", () => this.#sessions.delete(session));
    // An error closes the session and its calls, which report it to their callers.
    session.on("error", () => undefined);
    session.on("stream", (stream, headers) => this.#begin(stream, headers, socket));
    keepAlive(session, this.#keepalive);
  }

  /** Ends all calls. The owner of the sockets closes them. */
  close(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #begin(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, socket: Socket): void {
    // An error closes the stream, and the call then sends nothing more.
    stream.on("error", ignore);
    if (!headers["content-type"]?.startsWith("application/grpc")) {
      stream.respond({ ":status": 415 }, { endStream: true });
      return;
    }
    const call = new GrpcCall(stream, headers, socket);
    try {
      this.#guard.check(guardedHeaders(headers));
      const timeout = headers["grpc-timeout"];
      if (timeout !== undefined) call.limit(String(timeout));
      call.read(this.#handlerOf(headers[":path"])(call));
    } catch (error) {
      call.fail(error);
    }
  }

  #handlerOf(path = ""): CallHandler {
    const handler = this.#methods.get(path);
    if (handler) return handler;
    throw new RpcError("UNIMPLEMENTED", `The server does not implement the method ${path}`);
  }
}

/**
 * The headers that the rules of the REST API need. A web page cannot call this port directly, because browsers use HTTP/2 with
 * TLS only. A gRPC-Web proxy can, and it forwards the `origin` of the page.
 */
function guardedHeaders({ ":authority": authority, host, origin }: IncomingHttpHeaders): IncomingHttpHeaders {
  return { host: authority ?? host, origin };
}

function ignore(): void {}

/** The methods of a service by path. Missing methods are answered UNIMPLEMENTED. */
function methodsOf({ descriptor, methods }: ApiService): [path: string, handler: CallHandler][] {
  return descriptor.methods.flatMap((method): [string, CallHandler][] => {
    const answer = methods[method.localName];
    return answer ? [[pathOf(method), unaryMethod(method, answer)]] : [];
  });
}
