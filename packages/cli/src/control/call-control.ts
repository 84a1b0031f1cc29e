import { request } from "node:http";
import { UsageError } from "../usage-error.ts";

const DEFAULT_HOST = "127.0.0.1:8123";

/**
 * Returns the URL of the emulator, by default `http://127.0.0.1:8123`.
 *
 * @param flag - the value of `--url`
 * @param variable - CLOUD_TASKS_EMULATOR_HOST
 * @throws UsageError if the value is not an address
 */
export function emulatorUrl(flag: string | undefined, variable: string | undefined): URL {
  const text = flag ?? (variable?.trim() || DEFAULT_HOST);
  const url = text.includes("://") ? text : `http://${text}`;
  if (URL.canParse(url) && url.startsWith("http://")) return new URL(url);
  const name = flag === undefined ? "CLOUD_TASKS_EMULATOR_HOST" : "--url";
  throw new UsageError(`${name}: expected HOST:PORT or http://HOST:PORT; received ${JSON.stringify(text)}`);
}

/**
 * Calls `/control/…` of an emulator. It has no timeout, because tasks may run for half an hour.
 *
 * @throws Error if no emulator answers, or with the message of its answer
 */
export async function callControl(base: URL, name: string, body: object): Promise<void> {
  const { status, text } = await post(new URL(`/control/${name}`, base), JSON.stringify(body));
  if (status >= 200 && status < 300) return;
  const message = messageOf(text);
  throw new Error(`the emulator at ${base.host} answered ${status}${message ? `: ${message}` : " without a message"}`);
}

async function post(url: URL, body: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", (cause) => reject(unreachable(url, cause)));
    });
    sent.on("error", (cause) => reject(unreachable(url, cause)));
    sent.end(body);
  });
}

function unreachable(url: URL, cause: Error): Error {
  const { code } = cause as NodeJS.ErrnoException;
  return new Error(
    `no emulator answers at ${url.host} (${code ?? cause.message}); start one with "npx @cloudtask/cli emulator", or set its address with --url or CLOUD_TASKS_EMULATOR_HOST`,
    { cause },
  );
}

/** Errors have the format of Google's APIs: `{"error": {"message": …}}`. */
function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    if (typeof error?.message === "string") return error.message;
  } catch {
    // Not an answer of an emulator.
  }
  return text.trim().slice(0, 200);
}
