import { join } from "node:path";
import { createEmulator } from "@cloudtask/emulator";
import { expect, onTestFinished, test, vi } from "vitest";
import { allPages, writePages } from "./support/docs-pages.ts";

const dead = (message: string, reason: string) => ({
  "CloudTask-Dead-Reason": reason,
  "CloudTask-Dead-Message": message,
  "CloudTask-Dead-Queue": "emails",
  "CloudTask-Dead-Id": "7",
  "CloudTask-Dead-Attempts": "1",
});

/** The letters that the page finds in its queue. */
const LETTERS = [
  { payload: { orderId: 1, to: "ada" }, headers: dead("ada is not an address", "non-retriable") },
  { payload: { orderId: 2, to: "b@example.com" }, headers: dead("no connection", "max-attempts") },
  { payload: "old", headers: dead("does not match its schema", "invalid-payload") },
];

interface Task {
  readonly httpRequest: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

test("the code of dead-letters.md lists, redrives and deletes the letters that it names", async () => {
  await using emulator = await createEmulator({
    project: "p",
    location: "l",
    queues: { emails: { paused: true }, "emails-dead": { paused: true } },
  });
  vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", emulator.host);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", "p");
  vi.stubEnv("GOOGLE_CLOUD_LOCATION", "l");
  onTestFinished(() => void vi.unstubAllEnvs());
  const tasksOf = (queue: string): string => `${emulator.url}/v2/projects/p/locations/l/queues/${queue}/tasks`;
  for (const { payload, headers } of LETTERS) {
    const body = Buffer.from(JSON.stringify({ task: "send-invoice", payload })).toString("base64");
    const task = { httpRequest: { url: "https://api.example.com/", headers, body } };
    await fetch(tasksOf("emails-dead"), { method: "POST", body: JSON.stringify({ task }) });
  }
  const bodies = async (queue: string): Promise<unknown[]> => {
    const answer = await (await fetch(`${tasksOf(queue)}?responseView=FULL`)).json();
    const { tasks = [] } = answer as { readonly tasks?: readonly Task[] };
    return tasks.map(({ httpRequest }) => JSON.parse(Buffer.from(httpRequest.body, "base64").toString()).payload);
  };

  const lines = vi.spyOn(console, "log").mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  const page = (await allPages()).filter(({ path }) => path === "dead-letters.md");
  const { folder, files, remove } = await writePages(".", page);
  onTestFinished(remove);
  for (const file of files) await import(join(folder, file));

  expect(await bodies("emails")).toEqual([{ orderId: 1, to: "ada@example.com" }]);
  expect(await bodies("emails-dead")).toEqual([{ orderId: 2, to: "b@example.com" }]);
  expect(lines.mock.calls.map(([first, second]) => [first, second])).toEqual([
    ["non-retriable", "ada is not an address"],
    ["max-attempts", "no connection"],
    ["invalid-payload", "does not match its schema"],
    ["1 redriven", undefined],
  ]);
});
