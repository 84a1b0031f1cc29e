import type { Socket } from "node:net";
import { type ConnectionInjector, Server, ServerCredentials } from "@grpc/grpc-js";
import type { AccessGuard } from "../http/access-guard.ts";
import type { ApiService } from "../service/api-service.ts";
import { addApi } from "./add-api.ts";
import { addHealth } from "./add-health.ts";
import { addReflection } from "./add-reflection.ts";
import { guardInterceptor } from "./guard-interceptor.ts";
import { Health } from "./health-descriptor.ts";

/** What a gRPC server puts together. */
export interface GrpcParts {
  readonly guard: AccessGuard;
  readonly api: readonly ApiService[];
}

/** What Google's front end takes. The library's default is 4 MB. */
const LARGEST_REQUEST = 10 * 1024 * 1024;

/** A client that has gone without a word, or that Node waits for in vain after it broke the protocol, is let go after this. */
const PATIENCE_MS = 60_000;

/** Speaks gRPC on connections that are given to it: the API, health and reflection. */
export class GrpcServer {
  readonly #server: Server;
  readonly #injector: ConnectionInjector;
  /** By what gRPC calls the peer of a call. */
  readonly #sockets = new Map<string, Socket>();

  /** @param patienceMs - how long a connection may say nothing before it is asked, and how long it may take to answer */
  constructor({ guard, api }: GrpcParts, patienceMs: number = PATIENCE_MS) {
    this.#server = new Server({
      "grpc.max_receive_message_length": LARGEST_REQUEST,
      "grpc.keepalive_time_ms": patienceMs,
      "grpc.keepalive_timeout_ms": patienceMs,
      // Statistics in a registry of the whole process, which nobody reads.
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

  /** Ends all calls. The sockets are left to whoever opened them. */
  close(): void {
    this.#server.forceShutdown();
  }
}
