import { ManualClock } from "@cloudtask/emulator";
import { Status } from "google-gax";
import { afterAll, beforeAll, expect, test } from "vitest";
import { capturedAnswers, DELETED, LOCATION, NOW, QUEUE } from "./captured-answers.ts";
import { type Bench, type V2Client, v2Bench, type Wire } from "./node/bench.ts";
import { failureOf } from "./node/failure.ts";

const url = "http://127.0.0.1:9/";

const benches: Bench<V2Client>[] = [];

async function prepared(wire: Wire): Promise<Bench<V2Client>> {
  const clock = new ManualClock(NOW);
  const bench = await v2Bench(wire, { clock, queues: [QUEUE, DELETED], queueCooldown: "7d" });
  const scheduleTime = { seconds: clock.now() / 1000 + 3600 };
  for (const id of ["taken", "deleted"]) {
    const task = { name: `${QUEUE}/tasks/${id}`, scheduleTime, httpRequest: { url } };
    await bench.client.createTask({ parent: QUEUE, task });
  }
  await bench.client.deleteTask({ name: `${QUEUE}/tasks/deleted` });
  await bench.client.deleteQueue({ name: DELETED });
  return bench;
}

beforeAll(async () => {
  benches.push(await prepared("grpc"), await prepared("rest"));
});

afterAll(async () => {
  for (const bench of benches) await bench[Symbol.asyncDispose]();
});

/** Runs a call over gRPC and over REST. */
function both<Result>(call: (client: V2Client) => Promise<Result>): Promise<Result[]> {
  return Promise.all(benches.map(({ client }) => call(client)));
}

const rows = capturedAnswers.map((row) => [row.when, row.code, row] as const);

test.each(rows)("%s: %s over gRPC and REST alike", async (_, code, { call, message, help }) => {
  const failures = await both((client) => failureOf(call(client)));
  const named = failures.map((failure) => ({ ...failure, code: Status[failure.code ?? 0] }));
  expect(named).toEqual([
    { code, message, help },
    { code, message, help },
  ]);
});

test("any burst size, even a negative one, is ignored, because the field is output only", async () => {
  const queue = { name: `${LOCATION}/queues/burst`, rateLimits: { maxBurstSize: -7 } };
  const answers = await both((client) => client.createQueue({ parent: LOCATION, queue }));
  expect(answers.map(([created]) => created.rateLimits?.maxBurstSize)).toEqual([100, 100]);
});

test("a permission test of a missing resource returns no permissions and no error", async () => {
  const resource = `${LOCATION}/queues/none`;
  const answers = await both((client) =>
    client.testIamPermissions({ resource, permissions: ["cloudtasks.queues.get"] }),
  );
  expect(answers.map(([{ permissions }]) => permissions)).toEqual([[], []]);
});

test("a bad percent-escape in a URL is accepted", async () => {
  await using grpc = await v2Bench("grpc");
  await using rest = await v2Bench("rest");
  const task = { httpRequest: { url: "http://127.0.0.1:9/%zz" } };
  const answers = await Promise.all(
    [grpc, rest].map(({ client, queue: parent }) => client.createTask({ parent, task })),
  );
  expect(answers.map(([created]) => created.httpRequest?.url)).toEqual([task.httpRequest.url, task.httpRequest.url]);
});
