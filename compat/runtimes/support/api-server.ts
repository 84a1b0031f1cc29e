import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The servers that a Cloudflare Worker of these tests calls: the Cloud Tasks API and others, controlled by the test. */
export interface ApiServer extends AsyncDisposable {
  readonly origin: string;
  /** Leaves calls of a path unanswered until `answer()`. */
  hold(path: string): void;
  answer(path: string): void;
  /** Resolves once a path has received a number of calls. */
  called(path: string, times?: number): Promise<void>;
}

const TASK = JSON.stringify({
  name: "projects/p/locations/l/queues/default/tasks/1",
  scheduleTime: "2030-01-01T00:00:00Z",
});

/** Starts a server that answers all calls at once, unless a test holds them. */
export async function startApiServer(): Promise<ApiServer> {
  const held = new Map<string, ServerResponse[]>();
  const calls: string[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((incoming, outgoing) => {
    const { url = "/" } = incoming;
    incoming.resume();
    calls.push(url);
    for (const look of waiting) look();
    outgoing.setHeader("Content-Type", "application/json");
    const list = held.get(url);
    if (list === undefined) outgoing.end(TASK);
    else list.push(outgoing);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (path) => void held.set(path, []),
    answer(path) {
      for (const outgoing of held.get(path) ?? []) outgoing.end(TASK);
      held.delete(path);
    },
    called: (path, times = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (calls.filter((call) => call === path).length >= times) resolve();
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
      await once(server, "close");
    },
  };
}
