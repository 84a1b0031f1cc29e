import { afterAll, beforeAll } from "vitest";
import { adapterCases } from "./adapter-cases.ts";
import { bundledWorker } from "./bundle.ts";
import { startWorker } from "./worker.ts";

/** In production, requests pass through Cloudflare's own servers first. */
const decidedBefore = {
  "chunk extensions and trailers are ignored": "workerd's server does not support them",
  "a caller that expects 100 Continue receives it, and then the answer": "workerd's server does not send it",
  "a caller that sends far too much still receives the answer": "workerd's server closes the connection",
  "a caller that sends far too much without a Content-Length still receives the answer":
    "workerd's server closes the connection",
};

/**
 * Runs the adapter suite against a Cloudflare Worker.
 *
 * @param name - the start of every title
 * @param flags - compatibility flags of workerd
 */
export function adapterWorkerd(name: string, flags: readonly string[]): void {
  let source: string;
  const opened: AsyncDisposable[] = [];
  beforeAll(async () => {
    source = await bundledWorker("adapter-worker");
  });
  afterAll(async () => {
    for (const each of opened) await each[Symbol.asyncDispose]();
  });
  const start = async (_: unknown, options = {}) => {
    const worker = await startWorker(source, { env: { OPTIONS: options }, flags });
    opened.push(worker);
    return { origin: worker.origin, close: async () => undefined };
  };
  // workerd notices that a connection was reset, not that it was closed: see workerd.test.ts.
  // It ignores `Connection: close`, and ends a connection after five seconds without a request.
  adapterCases(name, start, { traits: { seesDisconnect: false, closesAtRequest: false }, decidedBefore });
}
