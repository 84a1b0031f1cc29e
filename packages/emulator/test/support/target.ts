import { EventEmitter, once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request that a target received. */
export interface Received {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** With names in their original case. */
  readonly headerNames: readonly string[];
  readonly body: string;
}

/** The reaction of a target to one request: a status, or a function that handles the response. */
export type Treatment = number | ((response: ServerResponse<IncomingMessage>, socket: Socket) => void);

/** A real HTTP server on this machine that records what it receives. */
export interface Target extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** The number of connections that were opened. */
  connections(): number;
  /** Resolves when the target has received this many requests. */
  count(requests: number): Promise<void>;
}

/** @param treatments - the reactions to the first, second, … request; the last one is repeated */
export async function startTarget(...treatments: readonly Treatment[]): Promise<Target> {
  const received: Received[] = [];
  const arrivals = new EventEmitter();
  let connections = 0;
  const server = http.createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const treatment = treatments[Math.min(received.length, treatments.length - 1)] ?? 200;
      received.push(record(request, body));
      treat(treatment, request, response);
      arrivals.emit("request");
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/run`,
    received,
    connections: () => connections,
    count: async (requests) => {
      while (received.length < requests) await once(arrivals, "request");
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Never answers. */
export const hang: Treatment = () => {};

/** Closes the connection instead of answering. */
export const reset: Treatment = (_, socket) => socket.destroy();

/** Answers with headers. */
export function answer(status: number, headers: Readonly<Record<string, string>>): Treatment {
  return (response) => response.writeHead(status, headers).end();
}

function treat(treatment: Treatment, request: IncomingMessage, response: ServerResponse): void {
  if (typeof treatment === "number") response.writeHead(treatment).end("answered");
  else treatment(response, request.socket);
}

function record(request: IncomingMessage, body: string): Received {
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    headerNames: request.rawHeaders.filter((_, index) => index % 2 === 0),
    body,
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
