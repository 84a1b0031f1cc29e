import { type IncomingMessage, request } from "node:http";
import { printableText } from "cloudtask/internal";

/** An emulator answers with a few hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Calls `/control/…` of an emulator. It has no timeout, because tasks may run for half an hour.
 *
 * @returns the JSON object of the answer
 * @throws Error if no emulator answers, or with the message of its answer
 */
export async function callControl(base: URL, name: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await post(new URL(`/control/${name}`, base), JSON.stringify(body));
  const answer = objectOf(text);
  if (status >= 200 && status < 300) {
    if (answer) return answer;
    throw new Error(
      `${base.host} did not answer as an emulator; set the address of the emulator with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
    );
  }
  const message = printableText(messageOf(answer, text), 300);
  throw new Error(`the emulator at ${base.host} answered ${status}${message ? `: ${message}` : " without a message"}`);
}

async function post(url: URL, body: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", headers }, (response) => {
      textOf(response, url).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sent.on("error", (cause) => reject(unreachable(url, cause)));
    sent.end(body);
  });
}

/** Reads an answer. The server may not be an emulator, and its answer may not end. */
async function textOf(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) break;
    }
  } catch (cause) {
    throw unreachable(url, cause as Error);
  }
  if (size <= MAX_ANSWER_BYTES) return Buffer.concat(chunks).toString();
  throw new Error(
    `the answer of ${url.host} is longer than ${MAX_ANSWER_BYTES / 1024} KiB, so it is not an emulator; set the address of the emulator with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
  );
}

function unreachable(url: URL, cause: Error): Error {
  const { code } = cause as NodeJS.ErrnoException;
  return new Error(
    `no emulator answers at ${url.host} (${code ?? cause.message}); start one with "npx @cloudtask/cli emulator", or set its address with --emulator or CLOUD_TASKS_EMULATOR_HOST`,
    { cause },
  );
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Errors have the format of Google's APIs: `{"error": {"message": …}}`. */
function messageOf(answer: Readonly<Record<string, unknown>> | undefined, text: string): string {
  const { message } = Object(answer?.error) as { readonly message?: unknown };
  return typeof message === "string" ? message : text.trim().slice(0, 200);
}
