import { Miniflare } from "miniflare";

/** A Cloudflare Worker in a local workerd. */
export interface RunningWorker extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`, with nothing between it and the worker. */
  readonly origin: string;
}

/** The setup of a worker. */
export interface WorkerSetup {
  /** Its bindings. */
  readonly env?: Readonly<Record<string, unknown>>;
  /** Default: none. */
  readonly flags?: readonly string[];
  /** Default: a date in 2026. */
  readonly date?: string;
  /** Default: a free port. */
  readonly port?: number;
}

/** Starts a worker, given as the source of one module. */
export async function startWorker(source: string, setup: WorkerSetup = {}): Promise<RunningWorker> {
  const { env = {}, flags = [], date = "2026-04-01", port = 0 } = setup;
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: source }],
    bindings: { ...env },
    compatibilityDate: date,
    compatibilityFlags: [...flags],
    // Miniflare's own port leads to a proxy that does not report disconnects to the worker.
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
