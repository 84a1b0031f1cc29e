import { expect } from "vitest";
import { type ExpectedError, type Fixture, invalid, LOCATION, QUEUE, runFixtures } from "./support/fixture.ts";
import { foreign, noProject } from "./support/messages.ts";
import type { Call } from "./support/protocols.ts";

const role = "roles/cloudtasks.enqueuer";
const bindings = [{ role, members: ["user:a@example.com"] }];
const set: Call = ["setIamPolicy", { resource: QUEUE, policy: { bindings } }];

function conflict(etag: string): ExpectedError {
  return {
    code: "ABORTED",
    message: expect.stringContaining(
      `There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff. The request's ETag '${etag}' did not match`,
    ),
  };
}

const policies: readonly Fixture[] = [
  { when: "a policy that was never set", call: ["getIamPolicy", { resource: QUEUE }], exactly: { etag: "ACAB" } },
  {
    when: "a policy is normalized",
    call: [
      "setIamPolicy",
      {
        resource: QUEUE,
        policy: {
          bindings: [
            { role, members: ["user:a@example.com"] },
            { role: "roles/viewer", members: [] },
            { role, members: ["user:b@example.com", "user:a@example.com"] },
          ],
        },
      },
    ],
    exactly: {
      version: 1,
      etag: expect.any(String),
      bindings: [{ role, members: ["user:a@example.com", "user:b@example.com"] }],
    },
  },
  {
    when: "a policy that was set",
    given: [set],
    call: ["getIamPolicy", { resource: QUEUE, options: { requestedPolicyVersion: 3 } }],
    exactly: { version: 1, etag: expect.any(String), bindings },
  },
  {
    when: "the etag of the empty policy",
    call: ["setIamPolicy", { resource: QUEUE, policy: { bindings, etag: "ACAB" } }],
    answer: { version: 1, bindings },
  },
  {
    when: "the etag of the empty policy, once one was set",
    given: [set],
    call: ["setIamPolicy", { resource: QUEUE, policy: { bindings, etag: "ACAB" } }],
    error: conflict("\\000 \\001"),
  },
  { when: "a policy set again without etag", given: [set], call: set, answer: { version: 1, bindings } },
  {
    when: "permissions are sorted, with repeats",
    call: ["testIamPermissions", { resource: QUEUE, permissions: ["c.b", "c.a", "c.b"] }],
    exactly: { permissions: ["c.a", "c.b", "c.b"] },
  },
];

const CMEK = `${LOCATION}/cmekConfig`;
const kmsKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k";
const badName = invalid(
  'CMEK Config name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/cmekConfig".',
);
const httpTarget = { headerOverrides: [{ header: { key: "X-A", value: "b" } }] };

const keys: readonly Fixture[] = [
  { when: "a key that was never set", call: ["getCmekConfig", { name: CMEK }], exactly: { name: CMEK } },
  { when: "no name", call: ["getCmekConfig", {}], error: noProject("GetCmekConfig"), only: "gRPC" },
  { when: "a name in no project", call: ["getCmekConfig", { name: "x" }], error: foreign("x"), only: "gRPC" },
  ...[LOCATION, `${LOCATION}/kmsConfig`].map(
    (name): Fixture => ({ when: `the name ${name}`, call: ["getCmekConfig", { name }], error: badName, only: "gRPC" }),
  ),
  {
    when: "a key that is none",
    call: ["updateCmekConfig", { cmekConfig: { name: CMEK, kmsKey: "not-a-key" } }],
    error: invalid("Resource name [not-a-key] does not match any known resource name pattern."),
  },
  {
    when: "a key is set",
    call: ["updateCmekConfig", { cmekConfig: { name: CMEK, kmsKey } }],
    exactly: { name: CMEK, kmsKey },
  },
  {
    when: "a key beside a queue with header overrides",
    given: [["updateQueue", { queue: { name: QUEUE, httpTarget } }]],
    call: ["updateCmekConfig", { cmekConfig: { name: CMEK, kmsKey: "not-a-key" } }],
    error: {
      code: "FAILED_PRECONDITION",
      message:
        "CMEK cannot be enabled on any project that has one or more queues with HTTP Target Override headers or tasks ttl of more than 60 days.",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "UNSATISFIED_PRECONDITION_FOR_CMEK",
          domain: "cloudtasks.googleapis.com",
        },
      ],
    },
  },
  {
    when: "the key is removed beside a queue with header overrides",
    given: [["updateQueue", { queue: { name: QUEUE, httpTarget } }]],
    call: ["updateCmekConfig", { cmekConfig: { name: CMEK } }],
    exactly: { name: CMEK },
  },
];

runFixtures([...policies, ...keys]);
