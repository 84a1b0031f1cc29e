import type { CloudTaskClient, Worker, WorkerOptions } from "cloudtask";

/** A server with the worker mounted at `/tasks/run`. */
export interface Mounted {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Mounts a client's worker on a real server. One that runs in another process mounts `makeTasks()` there, and is given the
 * options as JSON: they are plain data.
 */
export type Mount = (client: CloudTaskClient, options?: WorkerOptions) => Promise<Mounted>;

/** What a mount can do, where that differs from one framework, or one setup of it, to the next. */
export interface Traits {
  /**
   * What stands before the worker. `"untouched"`: nothing, it reads the body itself. `"raw"`: something kept the bytes. `"text"`:
   * something decoded them. `"parsed"`: something parsed JSON, and kept only what it made of it. `"kept"`: that, and the bytes
   * beside it. What was parsed before can be refused only by the parser. Default `"untouched"`.
   */
  readonly body: "untouched" | "raw" | "text" | "parsed" | "kept";
  /** Whether the worker is told when the caller hangs up. Default `true`. */
  readonly seesDisconnect: boolean;
  /** Whether the worker is asked for every method, so that it answers 405 itself; else a router does. Default `true`. */
  readonly ownMethods: boolean;
  /** Whether the worker's options can be given. Default `true`. */
  readonly takesOptions: boolean;
  /** The largest body, in bytes, that what stands before the worker lets through. Default: any. */
  readonly largestBody: number;
  /** How a worker that was made before is mounted in the same process, so that the suite can close it. Default: it cannot be. */
  readonly mountWorker?: ((worker: Worker) => Promise<Mounted>) | undefined;
}

const DEFAULTS: Traits = {
  body: "untouched",
  seesDisconnect: true,
  ownMethods: true,
  takesOptions: true,
  largestBody: Number.MAX_SAFE_INTEGER,
};

export function resolveTraits(traits: Partial<Traits> = {}): Traits {
  return { ...DEFAULTS, ...traits };
}

/** The very bytes reach the worker. */
export function bytesReach({ body }: Traits): boolean {
  return body === "untouched" || body === "raw" || body === "kept";
}

/** No parser refuses what is not JSON before the worker does. */
export function nothingParses({ body }: Traits): boolean {
  return body === "untouched" || body === "raw" || body === "text";
}

/** The worker sees the body while it is still being sent. */
export function streams({ body }: Traits): boolean {
  return body === "untouched";
}
