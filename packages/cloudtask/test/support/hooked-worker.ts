import { expect } from "vitest";
import { CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "../../src/index.ts";
import { loadLateCode } from "../../src/testing/load-late-code.ts";
import { deliveryOf } from "./deliveries.ts";

// Some of the tests advance a fake clock, and would not wait for an import.
loadLateCode();

/** The secret of the client, and a part of every error message in these tests. `deliver()` checks that no answer contains it. */
export const CONFIDENTIAL = "hunter2-hunter2";

/**
 * The answer to a delivery. `headers` leaves out the content type, which is always JSON. `body` leaves out the message of a failed
 * run.
 */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The message of a failed run, without the definition, the task and the attempt that it begins with. */
  readonly message?: string;
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
export const SECRET = { "X-CloudTask-Secret": CONFIDENTIAL };

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
    secret: CONFIDENTIAL,
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
  const body = JSON.parse(text) as { readonly message?: string };
  const failed = /^"[\w-]+" \(task 6154398438278443008, attempt \d+\) (.+)$/s.exec(body.message ?? "");
  if (failed === null) return { status: response.status, headers, body };
  const { message: _, ...rest } = body;
  return { status: response.status, headers, body: rest, message: failed[1] ?? "" };
}
