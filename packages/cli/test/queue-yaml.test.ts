import { checkQueues, optionPosition } from "cloudtask/internal";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../src/config/read-config.ts";
import { UsageError } from "../src/usage-error.ts";
import { type Folder, temporaryFolder } from "./support/folder.ts";

let folder: Folder;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const read = async (text: string): Promise<ReturnType<typeof readConfig>> =>
  readConfig(await folder.write("queue.yaml", text));

/** The defaults of `gcloud app deploy queue.yaml`. */
const defaults = { burst: 5, concurrency: 1000 };
const defaultRetry = { maxAttempts: -1, minBackoff: 100, maxBackoff: 3_600_000 };
const appDefault = { rate: 5, burst: 5, retry: { maxAttempts: -1 } };

test("the example of Google's reference is read correctly", async () => {
  const config = await read(`
queue:
- name: fooqueue
  rate: 1/s
  retry_parameters:
    task_retry_limit: 7
    task_age_limit: 2d
- name: barqueue
  rate: 1/s
  retry_parameters:
    min_backoff_seconds: 10
    max_backoff_seconds: 200
    max_doublings: 0
`);
  expect(config).toEqual({
    memory: false,
    options: {},
    queues: {
      default: appDefault,
      fooqueue: { ...defaults, rate: 1, retry: { ...defaultRetry, maxAttempts: 8, maxRetryDuration: 172_800_000 } },
      barqueue: { ...defaults, rate: 1, retry: { ...defaultRetry, minBackoff: 10_000, maxBackoff: 200_000 } },
    },
  });
});

test.each<[text: string, settings: object, retry?: object]>([
  ["rate: 5/s", { rate: 5 }],
  ["rate: 100/m", { rate: 100 / 60 }],
  ["rate: 10/h", { rate: 10 / 3600 }],
  ["rate: 1/d", { rate: 1 / 86_400 }],
  ["rate: 0.5/s", { rate: 0.5 }],
  ["rate: 1/s\n  bucket_size: 40", { rate: 1, burst: 40 }],
  ["rate: 1/s\n  bucket_size: 0", { rate: 1, burst: 5 }],
  ["rate: 1/s\n  max_concurrent_requests: 10", { rate: 1, concurrency: 10 }],
  ["rate: 1/s\n  max_concurrent_requests: 0", { rate: 1, concurrency: 1000 }],
  ["rate: 1/s\n  max_concurrent_requests: 9000", { rate: 1, concurrency: 5000 }],
  ["rate: 1/s\n  mode: push", { rate: 1 }],
  ["rate: 1/s\n  retry_parameters: { task_retry_limit: 0 }", { rate: 1 }, { maxAttempts: 1 }],
  [
    "rate: 1/s\n  retry_parameters: { task_age_limit: 90m }",
    { rate: 1 },
    { maxAttempts: 1, maxRetryDuration: 5_400_000 },
  ],
  ["rate: 1/s\n  retry_parameters: { task_age_limit: 1.5s }", { rate: 1 }, { maxAttempts: 1, maxRetryDuration: 2_000 }],
  ["rate: 1/s\n  retry_parameters: { min_backoff_seconds: 0.25 }", { rate: 1 }, { minBackoff: 250 }],
  ["rate: 1/s\n  retry_parameters: { min_backoff_seconds: 0 }", { rate: 1 }, { minBackoff: 100 }],
  ["rate: 1/s\n  retry_parameters: { max_backoff_seconds: 0.05 }", { rate: 1 }, { minBackoff: 50, maxBackoff: 50 }],
  ["rate: 1/s\n  retry_parameters: { max_doublings: 3 }", { rate: 1 }, { maxDoublings: 3 }],
  [
    "rate: 1/s\n  retry_parameters: { min_backoff_seconds: 7200 }",
    { rate: 1 },
    { minBackoff: 7_200_000, maxBackoff: 7_200_000 },
  ],
  ["rate: 1/s\n  target: api", { rate: 1, routing: { service: "api" } }],
  ["rate: 1/s\n  target: v2.api", { rate: 1, routing: { service: "api", version: "v2" } }],
  ["rate: 0/s", { paused: true }],
  ["rate: 0", { paused: true }],
])("a queue with %j", async (text, settings, retry = {}) => {
  const { queues } = await read(`queue:\n- name: q\n  ${text}`);
  const q = { ...defaults, ...settings, retry: { ...defaultRetry, ...retry } };
  expect(queues).toEqual({ default: appDefault, q });
  expect(() => checkQueues(queues, optionPosition("queues"), { emulator: true })).not.toThrow();
});

test("an app has a queue named default, also if the file does not contain it", async () => {
  expect((await read("queue:")).queues).toEqual({ default: appDefault });
  const { queues } = await read(
    "total_storage_limit: 120M\nresume_paused_queues: False\nqueue:\n- name: default\n  rate: 9/s",
  );
  expect(queues).toEqual({ default: { ...defaults, rate: 9, retry: defaultRetry } });
});

test.each([
  ["name: q", "2: queue[0]: queue q needs a rate, such as rate: 5/s"],
  ["rate: 5/s", "2: queue[0]: a queue needs a name"],
  ["name: a_b\n  rate: 5/s", '2: queue[0].name: expected 1 to 100 letters, digits and hyphens; received "a_b"'],
  [
    "name: q\n  rate: 5",
    "3: queue[0].rate: expected a rate such as 5/s, 100/m, 10/h or 1/d, at most 500/s; received 5",
  ],
  [
    "name: q\n  rate: 501/s",
    '3: queue[0].rate: expected a rate such as 5/s, 100/m, 10/h or 1/d, at most 500/s; received "501/s"',
  ],
  [
    "name: q\n  mode: pull",
    "3: queue[0].mode: Cloud Tasks has no pull queues; remove this queue, and use Pub/Sub instead",
  ],
  ["name: q\n  mode: pop", '3: queue[0].mode: expected push; received "pop"'],
  [
    "name: q\n  acl: []",
    "3: queue[0].acl: access lists are for pull queues, which Cloud Tasks does not have; remove this key",
  ],
  ["name: q\n  target: a.b.c", '3: queue[0].target: expected SERVICE or VERSION.SERVICE; received "a.b.c"'],
  ["name: q\n  bucket_size: 501", "3: queue[0].bucket_size: expected an integer from 0 to 500; received 501"],
  [
    "name: q\n  bucketsize: 5",
    '3: queue[0].bucketsize: unknown key "bucketsize", did you mean bucket_size? Valid keys: name, rate, bucket_size, max_concurrent_requests, mode, target, retry_parameters, acl',
  ],
  [
    "name: q\n  retry_parameters:\n    task_retry_limit: -1",
    "4: queue[0].retry_parameters.task_retry_limit: expected an integer of at least 0; received -1",
  ],
  [
    "name: q\n  retry_parameters:\n    task_age_limit: 0s",
    '4: queue[0].retry_parameters.task_age_limit: expected a duration of more than 0, such as 30m, 12h or 2d; received "0s"',
  ],
  [
    "name: q\n  rate: 1/s\n  retry_parameters:\n    min_backoff_seconds: 5\n    max_backoff_seconds: 4",
    "5: queue[0].retry_parameters: min_backoff_seconds (5) must not exceed max_backoff_seconds (4)",
  ],
  ["name: q\n  rate: 1/s\n- name: q\n  rate: 1/s", "4: queue[1]: queue q is listed twice"],
])("a queue.yaml with %j is rejected: %s", async (text, message) => {
  const where = `${folder.path}/queue.yaml:`;
  await expect(read(`queue:\n- ${text}`)).rejects.toThrow(new UsageError(where + message));
});
