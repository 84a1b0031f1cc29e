import type { ClientOptions } from "../../src/index.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { type Answer, apiServer, bodyOf, clientOf, created, tasksOf } from "./api-server.ts";
import { type SenderName, senders } from "./push-scene.ts";

/** The calls of one test. They share a few connections, so most of them wait for longer than a request may take. */
export const CALLS = 120;
const CONNECTIONS = 4;
const ANSWER_MS = 50;
const TIMEOUT_MS = 500;

/** A healthy but slow API, and a client whose requests wait for their connections for much longer than a request may take. */
export async function startBusyApi(sender: SenderName, options: Partial<ClientOptions> = {}) {
  const later: Answer = (outgoing, request) => setTimeout(() => created(outgoing, request), ANSWER_MS);
  const api = await apiServer(later);
  const own = senders.find((each) => each.sender === sender)?.create();
  const transport =
    own &&
    createRestTransport({
      baseUrl: `http://${api.host}`,
      sender: own,
      timeoutMs: TIMEOUT_MS,
      connections: CONNECTIONS,
    });
  const client = clientOf(undefined, { transport, apiRetry: undefined, ...options });
  /** The payloads of the created tasks, in ascending order. */
  const createdPayloads = (): number[] =>
    tasksOf(api)
      .map((task) => bodyOf(task).payload)
      .sort((a, b) => a - b);
  return { api, client, createdPayloads };
}
