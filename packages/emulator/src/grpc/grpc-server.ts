import type { Socket } from "node:net";
import { type ConnectionInjector, Server, ServerCredentials } from "@grpc/grpc-js";
import type { AccessGuard } from "../http/access-guard.ts";
import type { ApiService } from "../service/api-service.ts";
import { addApi } from "./add-api.ts";
import { addHealth } from "./add-health.ts";
import { addReflection } from "./add-reflection.ts";
import { guardInterceptor } from "./guard-interceptor.ts";
import { Health } from "./health-descriptor.ts";

/** The parts of a gRPC server. */
export interface GrpcParts {
  readonly guard: AccessGuard;
  readonly api: readonly ApiService[];
}

/** The limit of Google's front end. The default of the library is 4 MB. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/** When an idle connection is pinged, and how long its answer may take. */
export interface Keepalive {
  readonly afterMs: number;
  readonly timeoutMs: number;
}

/**
 * Closes the connections of clients that disappeared or broke the protocol. After a protocol error Node answers GOAWAY, stops
 * reading and reports nothing, not even that the client has closed its side; only an unanswered ping shows it. Thousands of such
 * connections would use up the file descriptors, so the ping is early.
 */
const KEEPALIVE: Keepalive = { afterMs: 2_000, timeoutMs: 5_000 };

/** Serves the API, health and reflection over gRPC, on connections that are passed to it. */
export class GrpcServer {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  /** The open sockets by the peer name of gRPC. */
  readonly #sockets = new Map<string, Socket>();

  constructor({ guard, api }: GrpcParts, keepalive: Keepalive = KEEPALIVE) {
    this.#server = new Server({
      "grpc.max_receive_message_length": LARGEST_REQUEST,
      "grpc.keepalive_time_ms": keepalive.afterMs,
      "grpc.keepalive_timeout_ms": keepalive.timeoutMs,
      // Disables statistics in a process-wide registry that nothing reads.
      "grpc.enable_channelz": 0,
      interceptors: [guardInterceptor(guard)],
    });
    for (const service of api) addApi(this.#server, service, (peer) => this.#sockets.get(peer)?.destroy());
    const services = [...api.map(({ descriptor }) => descriptor), Health];
    addHealth(
      this.#server,
      services.map(({ typeName }) => typeName),
    );
    addReflection(this.#server, services);
    this.#injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
  }

  /** Takes over a connection whose first bytes are the preface of HTTP/2. */
  accept(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#sockets.set(peer, socket);
    socket.on("close", () => this.#sockets.delete(peer));
    this.#injector.injectConnection(socket);
  }

  /** Ends all calls. The owner of the sockets closes them. */
  close(): void {
    this.#server.forceShutdown();
  }
}
