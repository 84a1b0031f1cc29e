import { createEmulator } from "@cloudtask/emulator";
import { createAdmin } from "cloudtask/admin";
import { expect, test } from "vitest";
import { createHttpSender } from "../../src/transport/http-node.ts";
import { transportOf } from "../support/dead-letter-bench.ts";
import { type Play, pass, startFaultProxy } from "../support/fault-proxy.ts";
import { answeredAfter, half, nonsense, rejectedWith, resetAfter, resetBefore } from "../support/plays.ts";
import { proxiedClient } from "../support/proxied-client.ts";
import { seeded } from "../support/seeded.ts";

const SEED = 11;
const LETTERS = 200;
const TIMEOUT_MS = 1_500;

const faults: readonly Play[] = [
  resetBefore,
  resetAfter,
  half,
  nonsense,
  rejectedWith(503),
  answeredAfter({ status: 503 }),
  // A retry cannot fix these.
  rejectedWith(403),
  rejectedWith(200, { body: "{}" }),
  rejectedWith(200, { body: "<html></html>" }),
  answeredAfter({ body: '{"name":' }),
];

interface Json {
  readonly tasks?: readonly { readonly httpRequest: { readonly body: string } }[];
}

test("with a failure in one of four calls, redrives that are repeated create each task exactly once", async () => {
  const queues = { home: { paused: true }, dead: { paused: true } };
  await using emulator = await createEmulator({ queues });
  const direct = transportOf({ emulator });
  const queue = `projects/${emulator.project}/locations/${emulator.location}/queues`;
  for (let index = 0; index < LETTERS; index++) {
    const headers = { "CloudTask-Dead-Reason": "max-attempts", "CloudTask-Dead-Queue": "home" };
    const body = Buffer.from(JSON.stringify({ task: "t", payload: index })).toString("base64");
    const task = { httpRequest: { url: "http://127.0.0.1:9/", headers, body } };
    await direct.call({
      method: "POST",
      path: `${queue}/dead/tasks`,
      body: JSON.stringify({ task }),
      action: "create",
    });
  }
  const payloads = async (id: string): Promise<unknown[]> => {
    const path = `${queue}/${id}/tasks?responseView=FULL`;
    const { tasks = [] } = (await direct.call({ method: "GET", path, action: "list" })).body as Json;
    return tasks.map(({ httpRequest }) => JSON.parse(Buffer.from(httpRequest.body, "base64").toString()).payload);
  };

  await using proxy = await startFaultProxy(emulator.host);
  const choose = seeded(SEED);
  proxy.plan = (number) => (number % 4 === 0 ? (choose(faults) ?? pass) : pass);
  await using client = proxiedClient(createHttpSender(), proxy, TIMEOUT_MS);
  const { deadLetters } = createAdmin(client);
  let [rounds, failures, rejections] = [0, 0, 0];
  while ((await payloads("dead")).length > 0) {
    rounds += 1;
    expect(rounds).toBeLessThan(50);
    // A failure of the list rejects the redrive as a whole.
    const { failed } = await deadLetters.redrive("dead").catch(() => {
      rejections += 1;
      return { failed: [] };
    });
    failures += failed.length;
  }
  await proxy.settled();
  process.stdout.write(
    `seed ${SEED}: ${LETTERS} letters, ${proxy.calls.length} calls, every fourth with a failure: ${rounds} redrives, ` +
      `${rejections} of them rejected, ${failures} letters that stayed for the next one\n`,
  );
  expect(failures).toBeGreaterThan(0);
  const redriven = (await payloads("home")).map(Number).sort((a, b) => a - b);
  expect(redriven).toEqual(Array.from({ length: LETTERS }, (_, index) => index));
}, 60_000);
