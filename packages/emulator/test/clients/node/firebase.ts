import { createEmulator, type Emulator } from "@cloudtask/emulator";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getFunctions, type TaskQueue } from "firebase-admin/functions";
import { expect } from "vitest";
import { startTarget, type Target } from "../../support/target.ts";
import type { CaseOf } from "../cases.ts";

const QUEUE = "projects/p/locations/us-central1/queues/resize";

/** An emulator with a queue that was registered as Firebase does it, and firebase-admin's queue objects. */
export interface FirebaseBench extends AsyncDisposable {
  readonly emulator: Emulator;
  /** The target of the queue. */
  readonly target: Target;
  readonly tasks: TaskQueue;
  /** A queue that is not registered. */
  readonly missing: TaskQueue;
}

/** One case of firebase-admin. */
export type FirebaseCase = (bench: FirebaseBench) => Promise<void>;

/**
 * Starts an emulator and registers a queue.
 *
 * @param announce - sets CLOUD_TASKS_EMULATOR_HOST for firebase-admin
 */
export async function firebaseBench(announce: (host: string) => void): Promise<FirebaseBench> {
  const emulator = await createEmulator({ project: "p", queues: [] });
  const target = await startTarget(200);
  announce(emulator.host);
  await register(emulator, target.url);
  const app = initializeApp({ projectId: "p", serviceAccountId: "tasks@p.iam.gserviceaccount.com" }, emulator.host);
  const functions = getFunctions(app);
  return {
    emulator,
    target,
    tasks: functions.taskQueue("resize"),
    missing: functions.taskQueue("none"),
    [Symbol.asyncDispose]: async () => {
      await deleteApp(app);
      await emulator.close();
      await target[Symbol.asyncDispose]();
    },
  };
}

/** Registers a queue with the request that the Firebase functions emulator sends for every task queue function. */
async function register(emulator: Emulator, defaultUri: string): Promise<void> {
  const response = await fetch(`${emulator.url}/${QUEUE}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      retryConfig: {
        maxAttempts: 3,
        maxRetrySeconds: null,
        maxBackoffSeconds: 3600,
        maxDoublings: 16,
        minBackoffSeconds: 0.1,
      },
      rateLimits: { maxConcurrentDispatches: 1000, maxDispatchesPerSecond: 500 },
      defaultUri,
    }),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
}

const enqueue: FirebaseCase = async ({ emulator, target, tasks }) => {
  await tasks.enqueue({ image: 7 });
  await emulator.idle();
  expect(target.received).toMatchObject([
    {
      method: "POST",
      path: "/run",
      body: JSON.stringify({ data: { image: 7 } }),
      headers: {
        "content-type": "application/json",
        authorization: expect.stringMatching(/^Bearer .+\..+\..+$/),
        "x-cloudtasks-queuename": "resize",
      },
    },
  ]);
};

const enqueueOptions: FirebaseCase = async ({ emulator, target, tasks }) => {
  await using elsewhere = await startTarget(200);
  const options = { id: "image-7", dispatchDeadlineSeconds: 20, headers: { "X-Order": "7" }, uri: elsewhere.url };
  await tasks.enqueue({ image: 7 }, { ...options, scheduleDelaySeconds: 60 });
  const stored = await (await fetch(`${emulator.url}/v2/${QUEUE}/tasks/image-7`)).json();
  expect(stored).toMatchObject({ dispatchDeadline: "20s", httpRequest: { url: elsewhere.url } });
  await emulator.advance("58s");
  expect(elsewhere.received).toHaveLength(0);
  await emulator.advance("2s");
  expect(elsewhere.received).toMatchObject([
    { headers: { "x-order": "7", "x-cloudtasks-taskname": "image-7", "content-type": "application/json" } },
  ]);
  expect(target.received).toHaveLength(0);
};

const duplicateId: FirebaseCase = async ({ tasks }) => {
  await tasks.enqueue({}, { id: "image-7", scheduleDelaySeconds: 60 });
  await expect(tasks.enqueue({}, { id: "image-7" })).rejects.toMatchObject({
    code: "functions/task-already-exists",
    message: "A task with ID image-7 already exists",
  });
};

const missingFunction: FirebaseCase = async ({ missing }) => {
  await expect(missing.enqueue({})).rejects.toMatchObject({
    code: "functions/not-found",
    message: "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
  });
};

const deleteById: FirebaseCase = async ({ emulator, target, tasks }) => {
  await tasks.enqueue({}, { id: "image-7", scheduleDelaySeconds: 60 });
  await tasks.delete("image-7");
  await tasks.delete("image-8");
  await emulator.advance("2m");
  expect(target.received).toHaveLength(0);
};

/** The cases of firebase-admin. */
export const firebaseCases: Readonly<Record<CaseOf<"firebase">, FirebaseCase>> = {
  enqueue,
  "enqueue-options": enqueueOptions,
  "duplicate-id": duplicateId,
  "missing-function": missingFunction,
  "delete-by-id": deleteById,
};
