import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import type { CloudTaskClient } from "../src/index.ts";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy.ts";
import { answeredAfter } from "./support/plays.ts";
import { proxiedClient } from "./support/proxied-client.ts";
import { senders, startPushScene, storedTasks } from "./support/push-scene.ts";

const AT_ONCE = 16;
const KEEP_ALIVE_MS = 5;

/** The ways a server ends idle connections. */
const endings: readonly { readonly ending: string; readonly end: (proxy: FaultProxy) => unknown }[] = [
  {
    ending: "closed, and the client knows",
    async end({ connections }) {
      const closed = [...connections].map((socket) => once(socket.end(), "close"));
      await Promise.all(closed);
    },
  },
  {
    ending: "closed at the moment of the push",
    end({ connections }) {
      for (const socket of connections) socket.destroy();
    },
  },
  {
    ending: "reset at the moment of the push",
    end({ connections }) {
      for (const socket of connections) socket.resetAndDestroy();
    },
  },
  {
    ending: "reset when the next request arrives, one by one",
    end({ connections }) {
      for (const socket of connections) replaceData(socket, () => socket.resetAndDestroy());
    },
  },
  {
    ending: "dropped silently, one by one: no request arrives",
    end({ connections }) {
      for (const socket of connections) replaceData(socket, () => undefined);
    },
  },
];

/** The server no longer reads requests from this socket. */
function replaceData(socket: Socket, then: () => void): void {
  socket.removeAllListeners("data").on("data", then);
}

async function pushNamed(client: CloudTaskClient, names: readonly string[]): Promise<readonly boolean[]> {
  const tasks = names.map((name) => Object.assign(client.task(name, () => undefined)(), { name }));
  const results = await client.pushMany(tasks, { batch: false, concurrency: AT_ONCE });
  return results.map(({ result }) => result.deduplicated);
}

const range = (length: number, prefix: string): string[] => Array.from({ length }, (_, index) => `${prefix}-${index}`);

test.each(senders.flatMap((sender) => endings.map((each) => ({ ...sender, ...each }))))(
  "$sender: idle connections that were $ending fail no push and duplicate none",
  async ({ create, end }) => {
    await using emulator = await createEmulator({ queues: { default: { paused: true } } });
    await using proxy = await startFaultProxy(emulator.host);
    await using client = proxiedClient(create(), proxy, 250);
    const first = await pushNamed(client, range(AT_ONCE * 2, "before"));
    const [open, accepted] = [proxy.connections.size, proxy.accepted()];
    await end(proxy);
    const second = await pushNamed(client, range(AT_ONCE * 2, "after"));
    expect(open).toBeGreaterThan(AT_ONCE / 2);
    expect(proxy.accepted()).toBeGreaterThan(accepted);
    expect([...first, ...second]).toEqual(Array.from({ length: AT_ONCE * 4 }, () => false));
    expect(await storedTasks(emulator)).toHaveLength(AT_ONCE * 4);
  },
);

// The waits vary around the moment at which the server closes the connection.
test.each(senders)(
  "$sender: a server that closes an idle connection during a push fails no push and duplicates none",
  async (over) => {
    await using emulator = await createEmulator({ queues: { default: { paused: true } } });
    await using proxy = await startFaultProxy(emulator.host, KEEP_ALIVE_MS);
    // If the handler sets `Connection` itself, Node does not send its keep-alive timeout.
    proxy.plan = () => answeredAfter({ headers: { connection: "keep-alive" } });
    await using client = proxiedClient(over.create(), proxy, 250);
    const pushed: boolean[] = [];
    for (const name of range(100, "order")) {
      pushed.push(...(await pushNamed(client, [name])));
      await wait(KEEP_ALIVE_MS - 3 + (pushed.length % 5));
    }
    process.stdout.write(
      `${over.sender}: ${pushed.length} pushes, ${proxy.accepted() - 1} times the connection was closed, ${proxy.calls.length} calls\n`,
    );
    expect(pushed).toEqual(pushed.map(() => false));
    expect(proxy.accepted()).toBeGreaterThan(1);
    expect(await storedTasks(emulator)).toHaveLength(pushed.length);
  },
);

test.each(senders)(
  "$sender: silently dropped connections cost a push one timeout, with the default limits",
  async (over) => {
    await using scene = await startPushScene(over.sender);
    const task = scene.client.task("order", (_: number) => undefined);
    await scene.client.pushMany([1, 2, 3, 4, 5].map(task), { batch: false });
    for (const socket of scene.proxy.connections) replaceData(socket, () => scene.time.passUntilTimeout());
    await task(6).push();
    expect(scene.time.elapsedMs()).toBe(10_100);
    expect(await scene.tasks()).toHaveLength(6);
  },
);
