import { expect, test } from "vitest";
import { checkQueues, expandShards } from "./check-queues.ts";
import { optionPosition } from "./setting-position.ts";

const check = (queues: unknown) => checkQueues(queues, optionPosition("queues"));

test("settings are checked and converted to numbers", () => {
  const queues = check({
    default: null,
    emails: {
      rate: "120/m",
      concurrency: 20,
      retry: { maxAttempts: -1, minBackoff: "5s", maxBackoff: 60_000, maxDoublings: 3, maxRetryDuration: "1d" },
      taskTtl: "10d",
      logging: 0.5,
      target: {
        scheme: "https",
        host: "a.example",
        port: 8443,
        path: "/run",
        query: "a=1",
        method: "PUT",
        headers: { "X-A": "1" },
      },
      routing: { service: "api" },
      deadLetter: "emails-dead",
    },
    "emails-dead": { paused: true, rate: undefined },
  });
  expect(Object.fromEntries(queues)).toEqual({
    default: {},
    emails: {
      rate: 2,
      concurrency: 20,
      retry: { maxAttempts: -1, minBackoff: 5_000, maxBackoff: 60_000, maxDoublings: 3, maxRetryDuration: 86_400_000 },
      taskTtl: 864_000_000,
      logging: 0.5,
      target: {
        scheme: "https",
        host: "a.example",
        port: 8443,
        path: "/run",
        query: "a=1",
        method: "PUT",
        headers: { "X-A": "1" },
      },
      routing: { service: "api" },
      deadLetter: "emails-dead",
    },
    "emails-dead": { paused: true },
  });
});

test.each<[settings: unknown, message: string]>([
  [5, "queues.mail: expected a map of settings, received 5"],
  [[], "queues.mail: expected a map of settings, received a list"],
  [{ rat: 5 }, "queues.mail.rat: unknown setting; did you mean rate?"],
  [{ maxAttempts: 5 }, "queues.mail.maxAttempts: unknown setting; did you mean retry.maxAttempts?"],
  [
    { speed: 5 },
    "queues.mail.speed: unknown setting; the settings are rate, concurrency, retry, paused, taskTtl, logging, target, routing, deadLetter, shards",
  ],
  [
    { rate: 0 },
    'queues.mail.rate: expected dispatches per second of more than 0 and at most 500, such as 5, 0.5 or "100/m", received 0; set paused to stop a queue',
  ],
  [{ rate: 501 }, "received 501"],
  [{ rate: Number.NaN }, "received NaN"],
  [{ rate: "fast" }, 'received "fast"'],
  [{ rate: "-1/s" }, 'received "-1/s"'],
  [{ concurrency: 5001 }, "queues.mail.concurrency: expected an integer from 1 to 5000, received 5001"],
  [{ concurrency: 0 }, "received 0"],
  [{ concurrency: null }, "received nothing"],
  [{ paused: "yes" }, 'queues.mail.paused: expected true or false, received "yes"'],
  [{ logging: 1.5 }, "queues.mail.logging: expected a number from 0 to 1, received 1.5"],
  [{ logging: Number.NaN }, "received NaN"],
  [{ taskTtl: "9d" }, 'queues.mail.taskTtl: expected a duration from 10 days to 10 years, received "9d"'],
  [{ retry: 3 }, "queues.mail.retry: expected a map of settings, received 3"],
  [{ retry: { retries: 3 } }, "queues.mail.retry.retries: unknown setting; did you mean maxAttempts?"],
  [
    { retry: { maxAttempts: 0 } },
    "queues.mail.retry.maxAttempts: must be a positive integer, or -1 for no limit, received 0",
  ],
  [{ retry: { maxAttempts: -2 } }, "received -2"],
  [
    { retry: { minBackoff: 0 } },
    "queues.mail.retry.minBackoff: must be longer than 0, received 0; Cloud Tasks would replace it by its default, 0.1s",
  ],
  [
    { retry: { minBackoff: "2 s" } },
    'queues.mail.retry.minBackoff: expected a duration such as "30s", "10m" or "1.5h"',
  ],
  [{ retry: { minBackoff: null } }, "received null"],
  [
    { retry: { maxDoublings: 0 } },
    "queues.mail.retry.maxDoublings: must be a positive integer, received 0; Cloud Tasks would replace 0 by its default, 16",
  ],
  [
    { retry: { maxRetryDuration: "1.5s" } },
    'queues.mail.retry.maxRetryDuration: must be a whole number of seconds, received "1.5s"',
  ],
  [
    { retry: { minBackoff: "20s", maxBackoff: "10s" } },
    "queues.mail.retry.minBackoff: must not be longer than `retry.maxBackoff`, received 20s and 10s",
  ],
  [{ retry: { minBackoff: "2h" } }, "received 7200s and 3600s, the default of Cloud Tasks"],
  [
    { retry: { maxBackoff: "50ms" } },
    "queues.mail.retry.minBackoff: must not be longer than `retry.maxBackoff`, received 0.1s",
  ],
  [{ target: { url: "https://a.example" } }, "queues.mail.target.url: unknown setting; did you mean host?"],
  [{ target: { scheme: "ftp" } }, 'queues.mail.target.scheme: expected http or https, received "ftp"'],
  [
    { target: { host: "" } },
    'queues.mail.target.host: expected a host name without scheme, port and path, received ""',
  ],
  [{ target: { host: "a.example:80" } }, 'received "a.example:80"'],
  [{ target: { port: 65_536 } }, "queues.mail.target.port: expected an integer from 1 to 65535, received 65536"],
  [{ target: { path: "run" } }, 'queues.mail.target.path: expected a path that begins with a slash, received "run"'],
  [{ target: { query: "?a=1" } }, 'queues.mail.target.query: expected a query without "?", received "?a=1"'],
  [{ target: { method: "post" } }, 'received "post"'],
  [{ target: { headers: { Host: "a" } } }, "queues.mail.target.headers.Host: Cloud Tasks sets this header; remove it"],
  [{ target: { headers: { "A B": "a" } } }, "queues.mail.target.headers.A B: this is not the name of an HTTP header"],
  [
    { target: { headers: { "X-A": 1 } } },
    "queues.mail.target.headers.X-A: expected the text of an HTTP header, received 1",
  ],
  [
    { target: { serviceAccount: "nobody" } },
    'queues.mail.target.serviceAccount: expected the e-mail address of a service account, received "nobody"',
  ],
  [
    { target: { audience: "a" } },
    "queues.mail.target.audience: set serviceAccount as well: without one, no token is attached",
  ],
  [
    { target: { serviceAccount: "a@b", audience: "a", oauthScope: "b" } },
    "queues.mail.target.oauthScope: audience and oauthScope cannot be combined: an OAuth token has no audience",
  ],
  [{ routing: { service: "a.b" } }, 'queues.mail.routing.service: expected an id such as "api", received "a.b"'],
  [{ shards: 1 }, "queues.mail.shards: expected an integer from 2 to 1000, received 1"],
  [{ shards: 3 }, 'queues.mail.shards: the shard "mail-2" is described as a queue of its own; remove one of them'],
  [{ deadLetter: "mail" }, "queues.mail.deadLetter: a queue cannot keep its own dead letters; name another queue"],
  [
    { deadLetter: "mail-ded" },
    'queues.mail.deadLetter: there is no queue "mail-ded" in this description; did you mean "mail-dead"?',
  ],
  [
    { deadLetter: "other" },
    'queues.mail.deadLetter: there is no queue "other" in this description; add it, with paused: true',
  ],
  [
    { deadLetter: "mail-2" },
    'queues.mail.deadLetter: the queue "mail-2" must have paused: true; otherwise its tasks would run again',
  ],
])("%j is rejected: %s", (settings, message) => {
  expect(() => check({ mail: settings, "mail-2": null, "mail-dead": { paused: true } })).toThrow(message);
});

test.each<[queues: unknown, message: string]>([
  [null, "queues: expected a map of settings, received nothing"],
  [["default"], "queues: expected a map of settings, received a list"],
  [new Map([["default", null]]), "queues: expected a map of settings, received a Map"],
  [{ "my queue": null }, "queues.my queue: expected a queue id of 1 to 100 letters, digits and hyphens"],
  [{ "projects/p/locations/l/queues/q": null }, "; write only the id, the last part of the name"],
  [{ [`q${"-".repeat(96)}`]: { shards: 2 } }, "a queue with shards has a name of at most 96 characters"],
])("the description %j is rejected", (queues, message) => {
  expect(() => check(queues)).toThrow(message);
});

test("the name of a queue with shards refers to its numbered queues", () => {
  const queues = expandShards(check({ default: null, emails: { rate: 5, shards: 3 } }));
  expect([...queues.keys()]).toEqual(["default", "emails-0", "emails-1", "emails-2"]);
  expect(queues.get("emails-2")).toMatchObject({ rate: 5 });
});
