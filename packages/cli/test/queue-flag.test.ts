import { expect, test } from "vitest";
import { queueFromFlag } from "../src/emulator/queue-flag.ts";
import { UsageError } from "../src/usage-error.ts";

test.each([
  ["mail", { name: "mail" }],
  ["projects/p/locations/l/queues/mail", { name: "projects/p/locations/l/queues/mail" }],
  ["mail,rate=5", { name: "mail", rate: 5 }],
  ["mail,rate=0.5,concurrency=2", { name: "mail", rate: 0.5, concurrency: 2 }],
  ["mail,rate=30/m", { name: "mail", rate: 0.5 }],
  ["mail,max-attempts=-1", { name: "mail", maxAttempts: -1 }],
  ["mail,min-backoff=0,max-backoff=1.5h", { name: "mail", minBackoff: 0, maxBackoff: "1.5h" }],
  [
    "mail,burst=7,max-doublings=0,max-retry-duration=1d",
    { name: "mail", burst: 7, maxDoublings: 0, maxRetryDuration: "1d" },
  ],
  ["mail,paused=true,rate=5", { name: "mail", paused: true, rate: 5 }],
  ["mail,paused=false", { name: "mail", paused: false }],
])("--queue %s", (value, config) => {
  expect(queueFromFlag(value)).toEqual(config);
});

test.each([
  ["", "expected the name of the queue first, as in --queue mail,rate=5"],
  ["rate=5", "expected the name of the queue first, as in --queue mail,rate=5"],
  [
    "mail,rat=5",
    'unknown key "rat", did you mean rate? Valid keys: rate, concurrency, burst, max-attempts, min-backoff, max-backoff, max-doublings, max-retry-duration, paused',
  ],
  [
    "mail,maxAttempts=5",
    'unknown key "maxAttempts", did you mean max-attempts? Valid keys: rate, concurrency, burst, max-attempts, min-backoff, max-backoff, max-doublings, max-retry-duration, paused',
  ],
  ["mail,rate", "rate needs a value, as in rate=5"],
  ["mail,rate=", "rate needs a value, as in rate=5"],
  ["mail,min-backoff=", "min-backoff needs a value, as in min-backoff=5s"],
  ["mail,paused", "paused needs a value, as in paused=true"],
  ["mail,paused=yes", 'paused: expected true or false; received "yes"'],
  [
    "mail,rate=true",
    'rate: expected a rate of more than 0 and at most 500 a second, such as 5, 0.5 or "100/m"; received true',
  ],
  [
    "mail,routing=api",
    'unknown key "routing". Valid keys: rate, concurrency, burst, max-attempts, min-backoff, max-backoff, max-doublings, max-retry-duration, paused',
  ],
  ["mail,rate=5,rate=6", "rate is set twice"],
  [
    "mail,rate=0",
    'rate: expected a rate of more than 0 and at most 500 a second, such as 5, 0.5 or "100/m"; received 0',
  ],
  [
    "mail,rate=501",
    'rate: expected a rate of more than 0 and at most 500 a second, such as 5, 0.5 or "100/m"; received 501',
  ],
  [
    "mail,rate=fast",
    'rate: expected a rate of more than 0 and at most 500 a second, such as 5, 0.5 or "100/m"; received "fast"',
  ],
  ["mail,concurrency=0", "concurrency: expected an integer from 1 to 5000; received 0"],
  ["mail,burst=501", "burst: expected an integer from 1 to 500; received 501"],
  ["mail,max-attempts=0", "max-attempts: expected an integer of at least 1, or -1 for no limit; received 0"],
  ["mail,min-backoff=5", 'min-backoff: expected a duration such as "250ms", "30s", "10m" or "1.5h"; received "5"'],
])("--queue %j is rejected: %s", (value, message) => {
  expect(() => queueFromFlag(value)).toThrow(new UsageError(`--queue ${value}: ${message}`));
});
