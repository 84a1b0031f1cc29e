import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessGuard } from "./access-guard.ts";
import { DISCOVERY_PATH, discoveryDocument, JWKS_PATH } from "./oidc/discovery.ts";
import type { TokenMinter } from "./oidc/token-minter.ts";
import type { Services } from "./rest/call.ts";
import { answerRest, write } from "./rest/rest-api.ts";
import { errorAnswer } from "./rest/status.ts";

/** What a server puts together. */
export interface ServerParts {
  readonly guard: AccessGuard;
  readonly services: Services;
  readonly minter: TokenMinter;
  /** The emulator's own URL. */
  readonly url: () => string;
}

/** The one port: the API over REST, OIDC discovery and keys. */
export function createServer(parts: ServerParts): Server {
  return http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void answer(parts, request, response).catch((error: unknown) => write(response, errorAnswer(error), false));
  });
}

/**
 * @param port - 0 for any
 * @returns the port that was taken
 * @throws whatever the socket said, such as EADDRINUSE
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Refuses new connections and closes those that are open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  parts.guard.check(request.headers);
  if (request.method === "GET" && request.url === DISCOVERY_PATH) {
    write(response, { status: 200, body: discoveryDocument(parts.url()) }, false);
  } else if (request.method === "GET" && request.url === JWKS_PATH) {
    write(response, { status: 200, body: await parts.minter.jwks() }, false);
  } else {
    await answerRest(parts.services, request, response);
  }
}
