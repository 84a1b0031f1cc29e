import { Miniflare } from "miniflare";

/** A Cloudflare Worker that runs in workerd, on this machine. */
export interface RunningWorker extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`, with nothing between it and the worker. */
  readonly origin: string;
}

/** How it is set up. */
export interface WorkerSetup {
  /** Its bindings. */
  readonly env?: Readonly<Record<string, unknown>>;
  /** Default: none. */
  readonly flags?: readonly string[];
  /** Default: one of 2026. */
  readonly date?: string;
  /** Default: any that is free. */
  readonly port?: number;
}

/**
 * @param source - the worker, in one module
 * @param setup - its bindings, and what of workerd it asks for
 * @returns the worker, ready
 */
export async function startWorker(source: string, setup: WorkerSetup = {}): Promise<RunningWorker> {
  const { env = {}, flags = [], date = "2026-04-01", port = 0 } = setup;
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: source }],
    bindings: { ...env },
    compatibilityDate: date,
    compatibilityFlags: [...flags],
    // Miniflare's own port has a proxy behind it, which does not tell the worker that a caller has left.
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
  });
  try {
    const url = await miniflare.unsafeGetDirectURL();
    return { origin: url.origin, [Symbol.asyncDispose]: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
}
