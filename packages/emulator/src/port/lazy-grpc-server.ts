import type { Socket } from "node:net";
import type { GrpcParts, GrpcServer } from "../grpc/grpc-server.ts";

/**
 * A gRPC server that is loaded for its first connection. Loading takes about ten times as long as the rest of the emulator's
 * start, and many clients use REST only. Connections wait until it is loaded.
 */
export class LazyGrpcServer {
  readonly #parts: GrpcParts;
  readonly #sockets = new Set<Socket>();
  #server: Promise<GrpcServer> | undefined;

  constructor(parts: GrpcParts) {
    this.#parts = parts;
  }

  /** Takes over an HTTP/2 connection. */
  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A connection error ends the calls of the connection, and each of them reports it to its caller.
    socket.on("error", () => undefined);
    // HTTP/2 has no half-open connections. If they were allowed, the connection of a client that has gone would never close.
    socket.allowHalfOpen = false;
    this.#server ??= this.#load();
    this.#server.then(
      (server) => {
        if (!socket.destroyed) server.accept(socket);
      },
      (error: Error) => socket.destroy(error),
    );
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = await this.#server?.catch(() => undefined);
    server?.close();
  }

  async #load(): Promise<GrpcServer> {
    const { GrpcServer } = await import("../grpc/grpc-server.ts");
    return new GrpcServer(this.#parts);
  }
}
