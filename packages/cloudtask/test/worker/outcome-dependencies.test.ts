import { expect, test } from "vitest";
import { depends, NonRetriableError, TeardownError } from "../../src/index.ts";
import { CONFIDENTIAL, hookedWorker } from "../support/hooked-worker.ts";

const FAILED = { status: 500, headers: {}, body: { status: "error" }, message: expect.any(String) };
const DISCARDED = {
  status: 200,
  headers: { "cloudtask-outcome": "discarded" },
  body: { status: "discarded", reason: "non-retriable" },
  message: expect.any(String),
};

const databaseDown = new Error(`database ${CONFIDENTIAL} is down`, { cause: new TypeError(`socket ${CONFIDENTIAL}`) });

test("a dependency that cannot be created: 500", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const getDb = depends(() => Promise.reject(databaseDown));
  client.task("save-order", { deps: { db: getDb }, run: () => "saved" });
  expect(await deliver({ task: "save-order" })).toEqual(FAILED);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error: databaseDown }]]);
});

test("a dependency that throws a NonRetriableError: discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const error = new NonRetriableError(`tenant ${CONFIDENTIAL} was deleted`, { cause: databaseDown });
  const getTenant = depends(() => Promise.reject(error));
  client.task("save-order", { deps: { tenant: getTenant }, run: () => "saved" });
  expect(await deliver({ task: "save-order" })).toEqual(DISCARDED);
  expect(hookCalls).toEqual([["onDiscard", { payloadRead: true, payload: undefined, error, reason: "non-retriable" }]]);
});

test("a commit that fails after the handler returned: 500, and onError receives a TeardownError", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const getDb = depends(
    function* () {
      yield "session";
      throw databaseDown;
    },
    { name: "getDb" },
  );
  client.task("save-order", { deps: { db: getDb }, run: () => "saved" });
  expect(await deliver({ task: "save-order" })).toEqual(FAILED);
  const message = `the teardown of the dependency "getDb" failed: ${databaseDown.message}`;
  const error = new TeardownError(message, databaseDown, undefined);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
});

test("a rollback that fails after a NonRetriableError: 500, so nothing half done is discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const getDb = depends(
    function* () {
      try {
        yield "session";
      } catch {
        throw databaseDown;
      }
    },
    { name: "getDb" },
  );
  const deleted = new NonRetriableError(`order ${CONFIDENTIAL} was deleted`);
  client.task("save-order", { deps: { db: getDb }, run: () => Promise.reject(deleted) });
  expect(await deliver({ task: "save-order" })).toEqual(FAILED);
  const message = `the teardown of the dependency "getDb" failed: ${databaseDown.message}`;
  const error = new TeardownError(message, databaseDown, deleted);
  expect(hookCalls).toEqual([["onError", { payloadRead: true, payload: undefined, error }]]);
  expect(hookCalls).toMatchObject([["onError", { error: { suppressed: deleted } }]]);
});

test("a dependency that turns the handler's error into a NonRetriableError: discarded", async () => {
  const { client, deliver, hookCalls } = hookedWorker();
  const getDb = depends(function* () {
    try {
      yield "session";
    } catch (cause) {
      throw new NonRetriableError(`order ${CONFIDENTIAL} was deleted`, { cause });
    }
  });
  client.task("save-order", { deps: { db: getDb }, run: () => Promise.reject(databaseDown) });
  expect(await deliver({ task: "save-order" })).toEqual(DISCARDED);
  const error = new NonRetriableError(`order ${CONFIDENTIAL} was deleted`, { cause: databaseDown });
  expect(hookCalls).toEqual([["onDiscard", { payloadRead: true, payload: undefined, error, reason: "non-retriable" }]]);
});
