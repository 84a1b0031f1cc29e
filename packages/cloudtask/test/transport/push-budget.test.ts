import { Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { apiServer, clientOf } from "../support/api-server.ts";

const PUSHES = 50;

test("a push is one write on an open connection, with one timer, and needs no AbortController", async () => {
  const api = await apiServer();
  const task = clientOf(api).task("t", (_: number) => undefined);
  await task(0).push();
  const port = Number(api.host.split(":")[1]);
  const connect = vi.spyOn(Socket.prototype, "connect");
  const write = vi.spyOn(Socket.prototype, "write");
  const timer = vi.spyOn(globalThis, "setTimeout");
  const controller = vi.spyOn(globalThis, "AbortController");
  onTestFinished(() => void vi.restoreAllMocks());
  for (let number = 0; number < PUSHES; number += 1) await task(number).push();
  const sent = write.mock.contexts.filter((socket) => (socket as Socket).remotePort === port);
  expect({ writes: sent.length, timers: timer.mock.calls.length }).toEqual({ writes: PUSHES, timers: PUSHES });
  expect([connect, controller].flatMap(({ mock }) => mock.calls as unknown[])).toEqual([]);
});
