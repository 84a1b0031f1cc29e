import { inspect } from "node:util";
import { z } from "zod";
import {
  CloudTaskClient,
  createWorker,
  type DeliveredPayload,
  depends,
  type Logger,
  type Middleware,
  NonRetriableError,
  RetryAfterError,
  type Worker,
  type WorkerOptions,
} from "../../src/index.ts";

/** Stands in every error that a handler, a dependency, a hook or a middleware throws; so it must stand in no answer. */
export const CONFIDENTIAL = "hunter2";

/** A worker with a task for every way to end, and what its hooks and its logger were told. */
export interface OutcomeScene {
  readonly worker: Worker;
  /** Whose abort is the connection's end. */
  readonly caller: AbortController;
  /** One line for each call of a hook, in order, with all that it was told. */
  readonly told: readonly string[];
  /** The messages of the logger's errors. */
  readonly logged: readonly string[];
}

/** An error with a cause, both with what is confidential in them. */
export function broken(message: string): Error {
  return new Error(`${message} ${CONFIDENTIAL}`, { cause: new TypeError(`${CONFIDENTIAL} socket hang up`) });
}

const fails = (error: unknown) => (): never => {
  throw error;
};
const never = (): NonRetriableError => new NonRetriableError(`gone ${CONFIDENTIAL}`, { cause: broken("why") });

const failingCommit = depends(function* () {
  yield "session";
  throw broken("commit");
});
const failingRollback = depends(function* () {
  try {
    yield "session";
  } catch {
    throw broken("rollback");
  }
});
const translating = depends(function* () {
  try {
    yield "session";
  } catch (cause) {
    throw new NonRetriableError("gone", { cause });
  }
});
const failing = depends(() => Promise.reject(broken("connect")));
const hopeless = depends(() => Promise.reject(never()));

/**
 * @param use - a middleware of the client
 * @param options - the worker's
 * @returns the scene
 */
export function outcomeScene(use: Middleware | undefined, options: WorkerOptions | undefined): OutcomeScene {
  const [told, logged]: [string[], string[]] = [[], []];
  const logger: Logger = { warn: () => undefined, error: (message) => void logged.push(message) };
  const record = (whose: string) => (event: object) => void told.push(line(whose, event));
  const hooks = (whose: string) => ({
    onSuccess: record(`${whose}onSuccess`),
    onError: record(`${whose}onError`),
    onDiscard: record(`${whose}onDiscard`),
  });
  const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret", logger, ...hooks("") });
  client.use(use ?? ((_, next) => next()));
  define(client, hooks);
  return { worker: createWorker(client, options), caller: new AbortController(), told, logged };
}

function define(client: CloudTaskClient, hooks: (whose: string) => object): void {
  const input = z.object({ id: z.number().transform(String) });
  client.task("returns", { input, ...hooks("own "), run: ({ id }) => id });
  client.task("nothing", async () => undefined);
  client.task("bigint", () => ({ big: 5n }));
  client.task("throws", fails(broken("boom")));
  client.task("throws-nothing", fails(undefined));
  client.task("never", { input, run: fails(never()) });
  client.task("later", fails(new RetryAfterError("10m", CONFIDENTIAL, { cause: broken("why") })));
  client.task("twice", { input, maxAttempts: 2, run: fails(broken("boom")) });
  client.task("twice-later", { maxAttempts: 2, run: fails(new RetryAfterError("10m", "later")) });
  client.task("uncreated", { deps: { failing }, run: () => "done" });
  client.task("hopeless", { deps: { hopeless }, run: () => "done" });
  client.task("uncommitted", { deps: { failingCommit }, run: () => "done" });
  client.task("never-rolled-back", { deps: { failingRollback }, run: fails(never()) });
  client.task("translated", { deps: { translating }, run: fails(broken("boom")) });
  const strict = client.task("strict", { input, run: () => undefined });
  client.task("pushes", async () => strict({ id: "x" as never }).execute());
  client.task("throwing-success", { run: () => "done", onSuccess: fails(broken("hook")) });
  client.task("throwing-error", { run: fails(broken("boom")), onError: fails(broken("hook")) });
  client.task("throwing-discard", { maxAttempts: 1, run: fails(never()), onDiscard: fails(broken("hook")) });
  client.task("heeds", (_: undefined, { delivery: { signal } }) => {
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  client.task("heeds-later", (_: undefined, { delivery: { signal } }) => {
    const later = new RetryAfterError("10m", "later");
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(later)));
  });
  const onError = () => new Promise(() => undefined);
  client.task("later-slowly", { run: fails(new RetryAfterError("10m", "later")), onError });
  client.task("throws-slowly", { run: fails(broken("boom")), onError });
  client.task("hangs", () => new Promise(() => undefined));
  client.task("hangs-once", { maxAttempts: 1, run: () => new Promise(() => undefined) });
  client.task("hanging-hook", { run: () => "done", onSuccess: () => new Promise(() => undefined) });
}

/** All that a hook was told but the delivery, what is confidential left out. */
function line(hook: string, event: object): string {
  const { payload, payloadRead, result, error, reason } = event as Partial<DeliveredPayload & Record<string, unknown>>;
  const parts = [
    payloadRead === false ? "unread" : undefined,
    payload === undefined ? undefined : inspect(payload),
    "result" in event ? `→ ${inspect(result)}` : undefined,
    reason,
    "error" in event ? chain(error) : undefined,
  ];
  return [hook, ...parts.filter((part) => part !== undefined)].join(" ").replaceAll(CONFIDENTIAL, "…");
}

/** An error and its causes. */
function chain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own} ← ${chain(error.cause)}`;
}
