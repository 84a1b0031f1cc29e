import { type ClientOptions, shard } from "cloudtask";
import type { Queues } from "cloudtask/admin";
import type { DeclareOptions } from "cloudtask/types";
import { expect, test } from "vitest";
import { adminBench } from "../support/admin-bench.ts";

interface Scene {
  readonly client?: Partial<ClientOptions>;
  readonly definition?: Partial<DeclareOptions<never, unknown>>;
  readonly queues: Queues;
  readonly prune?: boolean;
}

const DEAD: Queues = { emails: null, dead: { paused: true } };

/** The emulator has the paused queue `default`. */
const SCENES: readonly (readonly [string, Scene, string | undefined])[] = [
  ["a definition in a described queue", { queues: { emails: null } }, undefined],
  [
    "a definition in a queue that does not exist",
    { queues: {} },
    '"send" pushes to the queue emails, which is not described and will not exist.',
  ],
  ["a definition in a queue that exists", { definition: { queue: "default" }, queues: {} }, undefined],
  [
    "a definition in described shards",
    { definition: { queue: shard("emails", 2) }, queues: { emails: { shards: 2 } } },
    undefined,
  ],
  [
    "a definition in more shards than are described",
    { definition: { queue: shard("emails", 4) }, queues: { emails: { shards: 2 } } },
    '"send" pushes to the queues emails-2 to emails-3, 2 of which are not described and will not exist.',
  ],
  [
    "a definition in a queue that is described with shards",
    { queues: { emails: { shards: 2 } } },
    '"send" pushes to the queue emails, which is not described and will not exist.',
  ],
  [
    "a definition in a queue that is deleted",
    { definition: { queue: "default" }, queues: {}, prune: true },
    '"send" pushes to the queue default, which is not described and will not exist.',
  ],
  ["a client that forces another queue", { client: { forceToQueue: "default" }, queues: {} }, undefined],
  [
    "a dead-letter queue that exists",
    { definition: { deadLetter: "default", retry: { maxAttempts: 3 } }, queues: { emails: null } },
    undefined,
  ],
  [
    "a dead-letter queue that does not exist",
    { definition: { deadLetter: "dead", retry: { maxAttempts: 3 } }, queues: { emails: null } },
    'The queue dead, which keeps the discarded tasks of "send", is not described and will not exist.',
  ],
  [
    "a dead-letter queue that is not paused",
    { client: { deadLetter: "dead" }, definition: { retry: { maxAttempts: 3 } }, queues: { emails: null, dead: null } },
    'The queue dead, which keeps the discarded tasks of "send", will not be paused: Cloud Tasks would deliver the tasks again.',
  ],
  [
    "dead letters without retry settings",
    { definition: { deadLetter: "dead" }, queues: DEAD },
    '"send" has a dead-letter queue but no retry settings. After the 100 attempts of the queue emails, Cloud Tasks deletes its tasks without a dead letter. Set `retry.maxAttempts` of the definition or the client.',
  ],
  [
    "dead letters without retry settings in a queue without a maximum",
    { definition: { deadLetter: "dead" }, queues: { ...DEAD, emails: { retry: { maxAttempts: -1 } } } },
    undefined,
  ],
  [
    "a maximum of the queue below that of a definition",
    { definition: { retry: { maxAttempts: 8 } }, queues: { emails: { retry: { maxAttempts: 3 } } } },
    'The queue emails ends tasks after 3 attempts, "send" after 8. Tasks without retry settings of their own, which other programs or earlier versions created, are deleted after the attempts of the queue, without a dead letter.',
  ],
  [
    "a maximum of the queue equal to that of a definition",
    { definition: { retry: { maxAttempts: 3 } }, queues: { emails: { retry: { maxAttempts: 3 } } } },
    undefined,
  ],
];

test.each(SCENES)("%s", async (_, { client: options = {}, definition = {}, queues, prune = false }, warning) => {
  const { client, admin } = await adminBench({ client: options });
  client.task("send", { queue: "emails", run: async (_: unknown) => undefined, ...definition });
  const { warnings } = await admin.queues.plan(queues, { prune });
  expect(warnings.filter((each) => each.includes('"send"'))).toEqual(warning === undefined ? [] : [warning]);
});
