import http, { type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { ApiService } from "../service/api-service.ts";
import { answerHttp, type HttpParts } from "./answer-http.ts";
import { detectProtocol } from "./detect-protocol.ts";
import { LazyGrpcServer } from "./lazy-grpc-server.ts";

/** The handlers of a port. */
export interface PortParts extends HttpParts {
  /** The services that are offered over gRPC. */
  readonly api: readonly ApiService[];
}

/** One listening socket that speaks HTTP/1 and gRPC. */
export interface Port {
  /**
   * @param host - the address to listen on
   * @param port - 0 selects a free port
   * @returns the port in use
   * @throws the error of the socket, such as EADDRINUSE
   */
  listen(host: string, port: number): Promise<number>;

  /** Rejects new connections and closes the open ones, even during a request. Resolves when all are closed. */
  close(): Promise<void>;
}

/** Creates the port, which offers gRPC over HTTP/2, and REST, OIDC discovery and inspection over HTTP/1. */
export function createPort(parts: PortParts): Port {
  const server = http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    answerHttp(parts, request, response);
  });
  const grpc = new LazyGrpcServer(parts);
  const undecided = new Set<Socket>();
  // Node's own listeners treat every connection as HTTP/1 and start its timeouts. They are called after the protocol is known.
  const http1 = server.listeners("connection") as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", async (socket: Socket) => {
    undecided.add(socket);
    const protocol = await detectProtocol(socket, server.headersTimeout);
    undecided.delete(socket);
    if (protocol === "HTTP/2") grpc.accept(socket);
    else if (protocol === "HTTP/1") for (const accept of http1) accept.call(server, socket);
  });
  return {
    listen: (host, port) => listen(server, host, port),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      for (const socket of undecided) socket.destroy();
      await Promise.all([closed, grpc.close()]);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
