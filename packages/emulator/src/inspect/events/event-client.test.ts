import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { EventClient } from "./event-client.ts";

const filter = { names: new Set<string>(), queue: "", task: "", results: undefined, maxPerSecond: 1_000 };

afterEach(() => vi.useRealTimers());

/** A client over HTTP, and the response that it reads. */
async function connected(): Promise<{ client: EventClient; reader: IncomingMessage }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const requested = once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;
  const answered = once(get({ port: (server.address() as AddressInfo).port }), "response");
  const [, response] = await requested;
  response.flushHeaders();
  const [reader] = (await answered) as [IncomingMessage];
  server.close();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  return { client: new EventClient(response, filter), reader };
}

test("an event is written at once, and those of the next 20 ms are written together", async () => {
  const { client, reader } = await connected();
  reader.setEncoding("utf8");
  const first = once(reader, "data");
  client.send("a");
  expect(await first).toEqual(["a"]);
  const second = once(reader, "data");
  for (const text of ["b", "c", "d"]) client.send(text);
  vi.advanceTimersByTime(19);
  expect(client.unread).toBe(3);
  vi.advanceTimersByTime(1);
  expect(client.unread).toBe(0);
  expect(await second).toEqual(["bcd"]);
  client.end();
});

test("the events that are not written yet are the last of an ended stream, and later ones are not sent", async () => {
  const { client, reader } = await connected();
  let all = "";
  reader.setEncoding("utf8").on("data", (text: string) => {
    all += text;
  });
  for (const text of ["a", "b", "c"]) client.send(text);
  client.end();
  client.send("d");
  await once(reader, "end");
  expect(all).toBe("abc");
});
