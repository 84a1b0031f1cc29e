import { toBinary } from "@bufbuild/protobuf";
import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { notAttempted, type TaskRequest } from "../../src/engine/records.ts";
import { TaskSchema } from "../../src/gen/google/cloud/tasks/v2/task_pb.ts";
import { storedTask } from "../../src/service/tasks/task-parts.ts";
import { type ApiAnswer, call, createTask } from "../support/api.ts";

const LARGEST = 1_048_569;
const NOW = "2030-01-01T00:00:00.123Z";

function start(): Promise<Emulator> {
  return createEmulator({ clock: new ManualClock(NOW), queues: ["default"] });
}

/** Creates a task with a body of the given size. */
function create(emulator: Emulator, id: string, bodySize: number): Promise<ApiAnswer> {
  const body = Buffer.alloc(bodySize, 0xff).toString("base64");
  const httpRequest = { body, headers: { type: "application/json" } };
  return createTask(emulator, { id, delaySeconds: 60, now: Date.parse(NOW), httpRequest });
}

/** The size of such a task without its body, for a body of about a megabyte. */
function overhead(id: string, request: TaskRequest = httpRequest): number {
  const now = Date.parse(NOW);
  const record = {
    queue: "projects/local-project/locations/us-central1/queues/default",
    id,
    named: true,
    sequence: 1,
    createdAt: Math.trunc(now / 1000) * 1000,
    scheduledAt: now + 60_000,
    deadlineMs: 600_000,
    retry: undefined,
    definition: undefined,
    isDeadLetter: false,
    ...notAttempted,
  };
  return toBinary(TaskSchema, storedTask(record, request)).length - 1_000_000;
}

const httpRequest: TaskRequest = {
  kind: "http",
  url: "http://127.0.0.1:9/",
  method: "POST",
  headers: { type: "application/json", "User-Agent": "Google-Cloud-Tasks" },
  body: Buffer.alloc(1_000_000),
  authorization: undefined,
};

const appEngineRequest: TaskRequest = {
  kind: "appEngine",
  relativeUri: "/run",
  method: "POST",
  headers: {
    "Content-Type": "application/octet-stream",
    "Content-Length": "1000000",
    "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
  },
  body: Buffer.alloc(1_000_000),
  routing: { service: "s", version: "", instance: "" },
};

test.each([0, 1])("the limit applies to App Engine tasks: %i bytes over it", async (more) => {
  await using emulator = await start();
  const body = Buffer.alloc(LARGEST - overhead("a", appEngineRequest) + more, 0xff).toString("base64");
  const queue = "projects/local-project/locations/us-central1/queues/default";
  const task = {
    name: `${queue}/tasks/a`,
    scheduleTime: new Date(Date.parse(NOW) + 60_000).toISOString(),
    appEngineHttpRequest: { relativeUri: "/run", body, appEngineRouting: { service: "s" } },
  };
  const { status } = await call(emulator, "POST", `${queue}/tasks`, { task });
  expect(status).toBe(more === 0 ? 200 : 400);
});

test("a stored size of 1,048,569 bytes is accepted, and one byte more is rejected", async () => {
  await using emulator = await start();
  expect((await create(emulator, "a", LARGEST - overhead("a"))).status).toBe(200);
  expect((await create(emulator, "b", LARGEST - overhead("b") + 1)).body.error).toEqual({
    code: 400,
    status: "INVALID_ARGUMENT",
    message: "Task size too large",
  });
});

test("the size includes the name: a body that fits with a short id is too large with a longer one", async () => {
  await using emulator = await start();
  const bodySize = LARGEST - overhead("a");
  expect((await create(emulator, "aa", bodySize)).status).toBe(400);
  expect((await create(emulator, "a", bodySize)).status).toBe(200);
});

test("a task that is rejected for its size does not reserve its name", async () => {
  await using emulator = await start();
  expect((await create(emulator, "a", LARGEST)).status).toBe(400);
  expect((await create(emulator, "a", 10)).status).toBe(200);
});
