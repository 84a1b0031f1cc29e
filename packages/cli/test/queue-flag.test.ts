import { expect, test } from "vitest";
import { queueFromFlag } from "../src/emulator/queue-flag.ts";
import { UsageError } from "../src/usage-error.ts";

test.each([
  ["mail", "mail", null],
  ["projects/p/locations/l/queues/mail", "projects/p/locations/l/queues/mail", null],
  ["mail,rate=5", "mail", { rate: 5 }],
  ["mail,rate=0.5,concurrency=2", "mail", { rate: 0.5, concurrency: 2 }],
  ["mail,rate=30/m", "mail", { rate: "30/m" }],
  ["mail,max-attempts=-1", "mail", { retry: { maxAttempts: -1 } }],
  ["mail,min-backoff=10ms,max-backoff=1.5h", "mail", { retry: { minBackoff: "10ms", maxBackoff: "1.5h" } }],
  [
    "mail,burst=7,max-doublings=1,max-retry-duration=1d",
    "mail",
    { burst: 7, retry: { maxDoublings: 1, maxRetryDuration: "1d" } },
  ],
  ["mail,paused=true,rate=5", "mail", { paused: true, rate: 5 }],
  ["mail,paused=false", "mail", { paused: false }],
  ["mail,dead-letter=dead,shards=4,task-ttl=20d", "mail", { deadLetter: "dead", shards: 4, taskTtl: "20d" }],
])("--queue %s", (value, name, settings) => {
  expect(queueFromFlag(value)).toEqual({ name, settings });
});

const KEYS =
  "rate, concurrency, burst, max-attempts, min-backoff, max-backoff, max-doublings, max-retry-duration, task-ttl, dead-letter, shards, paused";
const RATE = 'expected dispatches per second of more than 0 and at most 500, such as 5, 0.5 or "100/m"';

test.each([
  ["", "expected the name of the queue first, as in --queue mail,rate=5"],
  ["rate=5", "expected the name of the queue first, as in --queue mail,rate=5"],
  ["mail,rat=5", `unknown key "rat", did you mean rate? Valid keys: ${KEYS}`],
  ["mail,maxAttempts=5", `unknown key "maxAttempts", did you mean max-attempts? Valid keys: ${KEYS}`],
  ["mail,rate", "rate needs a value, as in rate=5"],
  ["mail,rate=", "rate needs a value, as in rate=5"],
  ["mail,min-backoff=", "min-backoff needs a value, as in min-backoff=5s"],
  ["mail,paused", "paused needs a value, as in paused=true"],
  ["mail,paused=yes", 'paused: expected true or false, received "yes"'],
  ["mail,rate=true", `rate: ${RATE}, received true`],
  ["mail,routing=api", `unknown key "routing". Valid keys: ${KEYS}`],
  ["mail,rate=5,rate=6", "rate is set twice"],
  ["mail,rate=0", `rate: ${RATE}, received 0; set paused to stop a queue`],
  ["mail,rate=501", `rate: ${RATE}, received 501`],
  ["mail,rate=fast", `rate: ${RATE}, received "fast"`],
  ["mail,concurrency=0", "concurrency: expected an integer from 1 to 5000, received 0"],
  ["mail,burst=501", "burst: expected an integer from 1 to 500, received 501"],
  ["mail,max-attempts=0", "max-attempts: must be a positive integer, or -1 for no limit, received 0"],
  [
    "mail,min-backoff=5",
    'min-backoff: expected a duration such as "30s", "10m" or "1.5h", or milliseconds as a number, 0 or more; received "5"',
  ],
  [
    "mail,min-backoff=2h",
    "min-backoff: must not be longer than `retry.maxBackoff`, received 7200s and 3600s, the default of Cloud Tasks",
  ],
])("--queue %j is rejected: %s", (value, message) => {
  expect(() => queueFromFlag(value)).toThrow(new UsageError(`--queue ${value}: ${message}`));
});
