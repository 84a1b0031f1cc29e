import { expect, test } from "vitest";
import type { ApiError, ClientOptions, CloudTaskError } from "../../src/index.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { type ApiServer, apiServer, clientOf } from "../support/api-server.ts";
import { failureOf } from "../support/failure.ts";
import { senders } from "../support/push-scene.ts";

const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

const servers = [
  { headers: "an Upgrade header", lines: UPGRADE },
  { headers: "no headers", lines: "" },
];

/** Answers 101, and then nothing. */
function switchProtocols(lines: string): Promise<ApiServer> {
  return apiServer(({ socket }) => socket?.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`));
}

function failedPush<E>(options: Partial<ClientOptions>): Promise<E> {
  const task = clientOf(undefined, { apiRetry: undefined, ...options }).task("t", () => undefined);
  return failureOf<E>(task().push());
}

test.each(senders)(
  "$sender: an API that answers 101 with an Upgrade header gives an ApiError at once",
  async (each) => {
    const api = await switchProtocols(UPGRADE);
    const transport = createRestTransport({ baseUrl: `http://${api.host}`, sender: each.create() });
    const error = await failedPush<ApiError>({ transport });
    expect(error).toMatchObject({ code: "API_ERROR", httpStatus: 101 });
    expect(error.message).toMatch(
      /^Could not push "t" to \S+: 101 UNKNOWN\. The server switched to another protocol\./,
    );
    expect(api.requests).toHaveLength(1);
  },
);

// `fetch` of Node 20 and 22 ignores this answer. It is not a valid one: RFC 9110 requires the header.
test.each(senders.flatMap((each) => servers.map((server) => ({ ...each, ...server }))))(
  "$sender: an API that answers 101 with $headers does not hold a push longer than its time limit",
  async ({ lines, create }) => {
    const api = await switchProtocols(lines);
    const connection = { sender: create(), timeoutMs: 300, retry: { totalTimeout: 0 } };
    const transport = createRestTransport({ baseUrl: `http://${api.host}`, ...connection });
    const before = performance.now();
    const error = await failedPush<CloudTaskError>({ transport });
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(error.message).toMatch(
      /: 101 UNKNOWN|: no answer from http:\S+ within 300ms\. .* may still have been carried/,
    );
    expect(api.requests).toHaveLength(1);
  },
);
