import { createServer } from "node:net";
import { type AttemptFinished, createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { createTask } from "../support/api.ts";

test("a target that switches protocols fails the attempt, and the emulator becomes idle", async () => {
  const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(switching));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await using emulator = await createEmulator({ queues: { once: { retry: { maxAttempts: 1 } } } });
  const finished: AttemptFinished[] = [];
  emulator.on("attempt", (event) => event.phase === "finished" && finished.push(event));
  await createTask(emulator, { queue: "once", url: `http://127.0.0.1:${port}/` });
  await emulator.idle();
  expect(finished).toMatchObject([{ status: 101, outcome: "exhausted" }]);
  server.close();
});
