import {
  notAttempted,
  type QueueRecord,
  type StoredValue,
  type TaskRecord,
  type TaskRequest,
  type Tombstone,
} from "../../src/engine/records.ts";
import { defaultQueueSettings } from "../../src/service/queues/queue-settings.ts";
import type { Store } from "../../src/store/store.ts";
import { request } from "./engine.ts";

/** The content of a store, in an order that does not depend on the store. */
export interface Contents {
  readonly queues: QueueRecord[];
  readonly tasks: TaskRecord[];
  readonly tombstones: Tombstone[];
  readonly values: StoredValue[];
}

/** A queue with default settings. */
export const queue: QueueRecord = {
  name: "projects/p/locations/l/queues/q",
  state: "RUNNING",
  settings: defaultQueueSettings,
  purgedAt: undefined,
  policy: undefined,
};

/** A second queue, whose name starts with the name of the first. */
export const other: QueueRecord = { ...queue, name: "projects/p/locations/l/queues/q-other" };

/** A queue with every setting changed from its default. */
export const configured: QueueRecord = {
  name: queue.name,
  state: "PAUSED",
  settings: {
    ...defaultQueueSettings,
    maxAttempts: -1,
    minBackoffMs: 0.001,
    loggingSamplingRatio: 0.25,
    tombstoneTtlMs: 7_200_000,
    routing: { service: "s", version: "", instance: "" },
    httpTarget: {
      uri: { scheme: "HTTPS", host: "example.com", port: 0, path: "", query: undefined, mode: "ALWAYS" },
      method: "PUT",
      headers: [
        ["X-Twice", "ä"],
        ["X-Twice", "b"],
      ],
      authorization: { kind: "oauth", serviceAccountEmail: "a@example.com", scope: "" },
    },
  },
  purgedAt: 5.001,
  policy: '{"bindings":[{"role":"roles/viewer","members":["user:ä@example.com"]}]}',
};

/** Returns a task that has not been attempted yet. */
export function taskOf({ name }: QueueRecord, sequence: number): TaskRecord {
  return {
    queue: name,
    id: `t${sequence}`,
    named: true,
    sequence,
    createdAt: 1_000,
    scheduledAt: 1_000.001,
    deadlineMs: 600_000,
    retry: undefined,
    definition: undefined,
    isDeadLetter: false,
    ...notAttempted,
  };
}

/** Reads the content of a store. */
export function contents(store: Store): Contents {
  const { queues, tasks, tombstones, values } = store.load();
  return {
    queues: [...queues].sort((a, b) => a.name.localeCompare(b.name)),
    tasks: [...tasks].sort((a, b) => a.sequence - b.sequence),
    tombstones: [...tombstones].sort((a, b) => a.reusableAt - b.reusableAt),
    values: [...values].sort((a, b) => a.key.localeCompare(b.key)),
  };
}

/** Requests of every kind. */
export const requests: [what: string, request: TaskRequest][] = [
  ["without a body", request],
  [
    "with a body and an OIDC token",
    {
      ...request,
      kind: "http",
      url: "https://example.com/ä?q=%00#f",
      headers: { "X-Mixed-Case": "ü", "X-Empty": "" },
      body: Uint8Array.of(0, 255, 10, 13),
      authorization: { kind: "oidc", serviceAccountEmail: "a@example.com", audience: "" },
    },
  ],
  [
    "with an OAuth token",
    {
      ...request,
      kind: "http",
      url: "https://tasks.googleapis.com/",
      authorization: { kind: "oauth", serviceAccountEmail: "a@example.com", scope: "https://example.com/scope" },
    },
  ],
  [
    "to App Engine",
    {
      kind: "appEngine",
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream" },
      body: new TextEncoder().encode("nul \u0000 and more"),
      relativeUri: "/work?x=1",
      routing: { service: "worker", version: "v1", instance: "" },
    },
  ],
  ["of the largest size", { ...request, body: new Uint8Array(1_048_569).fill(7) }],
];
