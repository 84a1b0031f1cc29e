import type { CloudTaskClient, Worker, WorkerOptions } from "cloudtask";

/** A server with the worker mounted at `/tasks/run`. */
export interface Mounted {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Mounts a client's worker on a real server. A server in another process mounts `makeTasks()` there and receives the options as JSON,
 * which works because they are plain data.
 */
export type Mount = (client: CloudTaskClient, options?: WorkerOptions) => Promise<Mounted>;

/** Capabilities of a mount that differ between frameworks and their setups. */
export interface Traits {
  /**
   * The state of the body when the worker is called. `"untouched"`: unread. `"raw"`: read as bytes. `"text"`: decoded. `"parsed"`: parsed
   * as JSON, without the bytes. `"kept"`: parsed as JSON, with the bytes. Only the parser can reject a body that it parsed. Default
   * `"untouched"`.
   */
  readonly body: "untouched" | "raw" | "text" | "parsed" | "kept";
  /** Whether the worker notices when the caller disconnects. Default `true`. */
  readonly seesDisconnect: boolean;
  /** Whether the server ends a connection at the request of the caller, with `Connection: close`. Default `true`. */
  readonly closesAtRequest: boolean;
  /** Whether the worker is called for every method and answers 405 itself, instead of a router. Default `true`. */
  readonly ownMethods: boolean;
  /** Whether the mount accepts worker options. Default `true`. */
  readonly takesOptions: boolean;
  /** The largest body, in bytes, that parsers before the worker accept. Default: no limit. */
  readonly largestBody: number;
  /** Mounts an existing worker in the same process, which the suite may close. Default: not supported. */
  readonly mountWorker?: ((worker: Worker) => Promise<Mounted>) | undefined;
}

const DEFAULTS: Traits = {
  body: "untouched",
  seesDisconnect: true,
  closesAtRequest: true,
  ownMethods: true,
  takesOptions: true,
  largestBody: Number.MAX_SAFE_INTEGER,
};

export function resolveTraits(traits: Partial<Traits> = {}): Traits {
  return { ...DEFAULTS, ...traits };
}

/** Whether the original bytes reach the worker. */
export function bytesReach({ body }: Traits): boolean {
  return body === "untouched" || body === "raw" || body === "kept";
}

/** Whether the worker, and no parser before it, rejects invalid JSON. */
export function nothingParses({ body }: Traits): boolean {
  return body === "untouched" || body === "raw" || body === "text";
}

/** Whether the worker receives the body while it is still being sent. */
export function streams({ body }: Traits): boolean {
  return body === "untouched";
}
