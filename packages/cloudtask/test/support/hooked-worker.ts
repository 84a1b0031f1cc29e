import { expect } from "vitest";
import { CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "../../src/index.ts";
import { deliveryOf } from "./deliveries.ts";

/** Part of every error message in these tests. `deliver()` checks that no answer contains it. */
export const CONFIDENTIAL = "hunter2";

/** The answer to a delivery. `headers` leaves out the content type, which is always JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A client that records the calls of its hooks, and the worker of that client. */
export interface HookedWorker {
  readonly client: CloudTaskClient;
  readonly worker: Worker;
  /** The calls of the client's hooks in order: the name of the hook and its event, without the delivery. */
  readonly hookCalls: readonly (readonly [hook: string, event: unknown])[];
  /** The errors of hooks that the worker logged. */
  readonly hookErrors: readonly unknown[];
  /** Delivers a body to the worker, with its secret. */
  deliver(
    body: unknown,
    options?: { readonly headers?: Readonly<Record<string, string | null>>; readonly signal?: AbortSignal },
  ): Promise<Answer>;
}

/** The secret that the worker demands, as a header. */
export const SECRET = { "X-CloudTask-Secret": "s3cret" };

export function hookedWorker(options?: WorkerOptions): HookedWorker {
  const hookCalls: (readonly [string, unknown])[] = [];
  const hookErrors: unknown[] = [];
  const record =
    (hook: string) =>
    ({ delivery: _, ...event }: { readonly delivery: unknown }) => {
      hookCalls.push([hook, event]);
    };
  const client = new CloudTaskClient({
    url: "http://worker.test/",
    secret: "s3cret",
    logger: {
      warn: () => undefined,
      error: (message, error) => void (message.includes("a hook of") && hookErrors.push(error)),
    },
    onSuccess: record("onSuccess"),
    onError: record("onError"),
    onDiscard: record("onDiscard"),
  });
  const worker = createWorker(client, options);
  const deliver: HookedWorker["deliver"] = async (body, { headers, signal = null } = {}) => {
    const request = deliveryOf(body, { ...SECRET, ...headers });
    return answerOf(await worker.fetch(new Request(request, { signal })));
  };
  return { client, worker, hookCalls, hookErrors, deliver };
}

async function answerOf(response: Response): Promise<Answer> {
  const { "content-type": type, ...headers } = Object.fromEntries(response.headers);
  const text = await response.text();
  expect(type).toBe("application/json");
  expect(text + JSON.stringify(headers)).not.toContain(CONFIDENTIAL);
  return { status: response.status, headers, body: JSON.parse(text) };
}
