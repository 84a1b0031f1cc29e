/** An emulator whose clock was advanced, and a client that counts delays from it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test } from "vitest";
import { cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient } from "../../src/index.ts";

const HOUR_MS = 3_600_000;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A task that pushes itself again until `links` of it have run, each an hour after the one before. */
async function startChain(links: number) {
  const runs: number[] = [];
  const server = createServer();
  const url = `http://${await listening(server)}/run`;
  const emulator = await createEmulator();
  const client = new CloudTaskClient({ url, emulatorHost: emulator.host });
  const link = client.task("link", {
    run: async (): Promise<void> => {
      runs.push(Date.now() + emulator.clockOffsetMs);
      if (runs.length < links) await link().push({ delay: "1h" });
    },
  });
  server.on("request", cloudTaskListener(client, { allowUnauthenticated: true }));
  onTestFinished(async () => {
    await client.close();
    await emulator.close();
  });
  return { emulator, link, runs };
}

function scheduleTimes(emulator: Emulator): Promise<number[]> {
  return fetch(`${emulator.url}/inspect/tasks`)
    .then((response) => response.json() as Promise<{ tasks: { scheduleTime: string }[] }>)
    .then(({ tasks }) => tasks.map(({ scheduleTime }) => Date.parse(scheduleTime)));
}

test("after advance(), a delay counts from the emulator's clock", async () => {
  const { emulator, link, runs } = await startChain(1);
  await emulator.advance("2d");
  const { scheduleTime } = await link().push({ delay: "30s" });
  await emulator.idle();
  expect(runs).toEqual([]);
  const expected = Date.now() + emulator.clockOffsetMs + 30_000;
  expect(Math.abs(scheduleTime.getTime() - expected)).toBeLessThan(5_000);
  expect(await scheduleTimes(emulator)).toEqual([scheduleTime.getTime()]);
});

test("a chain with a delay of 1 h runs one link per hour that the clock is advanced", async () => {
  const { emulator, link, runs } = await startChain(3);
  await link().push({ delay: "1h" });
  await emulator.advance("1h");
  expect(runs).toHaveLength(1);
  // The time goes on while a link runs, so the last one is due a little later than two hours after the first.
  await emulator.advance("121m");
  expect(runs).toHaveLength(3);
  expect((runs[2] ?? 0) - (runs[0] ?? 0)).toBeGreaterThanOrEqual(2 * HOUR_MS - 1_000);
});

test("a push that does not depend on the time asks nothing", async () => {
  const asked: string[] = [];
  const { emulator } = await startChain(1);
  const host = await listening(
    createServer(async (request, response) => {
      asked.push(`${request.method} ${request.url?.split("/").at(-1)}`);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const init = request.method === "POST" ? { body: Buffer.concat(chunks) } : {};
      const answer = await fetch(emulator.url + request.url, { method: request.method ?? "GET", ...init });
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(await answer.text());
    }),
  );
  const client = new CloudTaskClient({ url: "http://127.0.0.1:9/", emulatorHost: host });
  const task = client.task("plain", { run: () => undefined });
  await task().push();
  await task().push({ delay: "1h" });
  await client.close();
  expect(asked).toEqual(["POST tasks", "GET emulator", "POST tasks"]);
});

test.each([404, 500])("an emulator that answers %s to the question leaves the time of this machine", async (status) => {
  let questions = 0;
  const host = await listening(
    createServer((request, response) => {
      if (request.method === "POST") {
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ name: "t" }));
        return;
      }
      questions += 1;
      response.writeHead(status).end("no");
    }),
  );
  const client = new CloudTaskClient({ url: "http://127.0.0.1:9/", emulatorHost: host });
  const task = client.task("plain", { run: () => undefined });
  const start = Date.now();
  await task().push({ delay: "1h" });
  const { scheduleTime } = await task().push({ delay: "1h" });
  await client.close();
  expect(scheduleTime.getTime() - start - HOUR_MS).toBeLessThan(60_000);
  expect(questions).toBe(status === 404 ? 1 : 2);
});
