import { printableText } from "cloudtask/internal";

/** The status of each answer of a worker of this library. `outcome-response.ts` of the library has the same table. */
const STATUS: Readonly<Record<string, number>> = {
  success: 200,
  discarded: 200,
  error: 500,
  aborted: 504,
  "unknown-task": 404,
  unauthenticated: 401,
  forbidden: 403,
  "keys-unavailable": 429,
  "method-not-allowed": 405,
  malformed: 400,
  "too-large": 413,
  full: 429,
  draining: 503,
  misconfigured: 500,
};

/** An answer of a worker of this library. */
export interface WorkerAnswer {
  /** The kind of the outcome, such as `unauthenticated`. */
  readonly kind: string;
  readonly message: string;
  /** Whether the worker answered a ping. */
  readonly isPong: boolean;
}

/** Recognizes the answer of a worker of this library; `undefined` for the answer of another server. */
export function readWorkerAnswer(status: number, body: string): WorkerAnswer | undefined {
  const { status: kind, message, result } = objectOf(body);
  if (typeof kind !== "string" || STATUS[kind] !== status) return undefined;
  if (kind !== "success" && typeof message !== "string") return undefined;
  return { kind, message: printableText(String(message ?? ""), 600), isPong: kind === "success" && result === "pong" };
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
