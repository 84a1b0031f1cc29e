import type { Socket } from "node:net";
import type { GrpcParts, GrpcServer } from "../grpc/grpc-server.ts";

/**
 * A gRPC server that is loaded when the first connection for it comes, which waits meanwhile: loading takes about ten times
 * as long as all the rest of a start, and many never speak gRPC.
 */
export class LazyGrpcServer {
  readonly #parts: GrpcParts;
  readonly #sockets = new Set<Socket>();
  #server: Promise<GrpcServer> | undefined;

  constructor(parts: GrpcParts) {
    this.#parts = parts;
  }

  /** Takes over a connection of HTTP/2. */
  accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // An error of a connection ends its calls, which say so to whoever made them.
    socket.on("error", () => undefined);
    // HTTP/2 knows no connection that is closed on one side: with this, one whose client has gone would stay open forever.
    socket.allowHalfOpen = false;
    this.#server ??= this.#load();
    this.#server.then(
      (server) => {
        if (!socket.destroyed) server.accept(socket);
      },
      (error: Error) => socket.destroy(error),
    );
  }

  /** Closes every connection that it was given. */
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
