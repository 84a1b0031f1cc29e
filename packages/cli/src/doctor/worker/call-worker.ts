import { PING_TASK } from "cloudtask/internal/cli";

/** The answer of a worker's URL, or the reason why there is none. */
export type WorkerCall =
  | { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
  | {
      readonly kind: "unreachable";
      /** The code of the error, such as `ECONNREFUSED`; `TIMEOUT` after the time limit. */
      readonly code: string;
    };

const LIMIT_MS = 8_000;
const MAX_BODY_BYTES = 64 * 1024;

/** The body of a ping. A worker of this library runs no handler for it, and another server finds no task in it. */
export const PING_BODY = JSON.stringify({ task: PING_TASK });

/** Sends a ping to a worker, as Cloud Tasks would. A redirect is an answer, and is not followed. */
export async function callWorker(url: string, headers: Readonly<Record<string, string>>): Promise<WorkerCall> {
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: { "Content-Type": "application/json", ...headers },
      body: PING_BODY,
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return { kind: "answered", status: response.status, headers: response.headers, body: await textOf(response) };
  } catch (error) {
    return { kind: "unreachable", code: codeOf(error) };
  }
}

/** Reads the start of a body. The server may be any server, and its body may not end. */
async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MAX_BODY_BYTES) break;
  }
  return text;
}

/** The message of `fetch` is only "fetch failed". Its cause has the code; that of several addresses is in their first error. */
function codeOf(error: unknown): string {
  const { name, message, cause } = error as Error & {
    readonly cause?: { readonly code?: string; readonly errors?: unknown };
  };
  if (name === "TimeoutError") return "TIMEOUT";
  const [first] = Array.isArray(cause?.errors) ? (cause.errors as readonly { readonly code?: string }[]) : [];
  return cause?.code ?? first?.code ?? (cause as Error | undefined)?.message ?? message;
}
