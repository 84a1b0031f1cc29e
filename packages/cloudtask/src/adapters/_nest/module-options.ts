import type { FactoryProvider, InjectionToken, ModuleMetadata } from "@nestjs/common";
import type { CloudTaskClient } from "../../client/cloud-task-client.ts";
import { checkBoolean, refuseUnknown } from "../../core/check-options.ts";
import { type Duration, durationMs } from "../../core/duration.ts";
import { registryOf } from "../../execution/registry.ts";
import type { Worker } from "../../worker/worker.ts";
import { resolveWorkerOptions, type WorkerOptions } from "../../worker/worker-options.ts";

/** What `CloudTaskModule` serves, and how. */
export interface CloudTaskModuleOptions {
  /** Whose tasks. It stays yours to close, in `main.ts` after `app.close()`, say, where it keeps what needs that. */
  readonly client: CloudTaskClient;
  /** Where the worker is mounted. Default: the path of the client's `url`. A global prefix does not apply. */
  readonly path?: string;
  /** How the worker behaves, and whom it serves; or a worker that was made before, which stays yours to close. */
  readonly worker?: WorkerOptions | Worker;
  /** How long running deliveries may go on when the app closes, before they are aborted: as `worker.close()`, 4 s. */
  readonly grace?: Duration;
  /**
   * Tokens of request-scoped providers whose instances outlive a delivery, such as a connection that a factory takes from a
   * cache: these are not disposed after it.
   */
  readonly keep?: readonly InjectionToken[];
}

/** What `CloudTaskModule.forRoot()` takes. */
export interface CloudTaskModuleRootOptions extends CloudTaskModuleOptions {
  /** Whether the client and the delivery can be injected in all modules. Default `true`. */
  readonly isGlobal?: boolean;
}

/** What `CloudTaskModule.forRootAsync()` takes. */
export interface CloudTaskModuleAsyncOptions {
  /** The modules whose providers the factory is given. */
  readonly imports?: NonNullable<ModuleMetadata["imports"]>;
  /** What it is given. */
  readonly inject?: NonNullable<FactoryProvider["inject"]>;
  /** Makes the options. */
  readonly useFactory: FactoryProvider<CloudTaskModuleOptions | Promise<CloudTaskModuleOptions>>["useFactory"];
  /** Whether the client and the delivery can be injected in all modules. Default `true`. */
  readonly isGlobal?: boolean;
}

/** The same with defaults. */
export interface ResolvedModuleOptions {
  readonly client: CloudTaskClient;
  readonly path: string;
  readonly worker: WorkerOptions | Worker;
  readonly graceMs: number | undefined;
  readonly keep: ReadonlySet<InjectionToken>;
}

const KNOWN: { readonly [Option in keyof Required<CloudTaskModuleOptions>]: true } = {
  client: true,
  grace: true,
  keep: true,
  path: true,
  worker: true,
};

/**
 * @param options - as given
 * @returns the same with defaults
 * @throws TypeError for an option that is unknown or wrong
 */
export function readModuleOptions(options: CloudTaskModuleOptions): ResolvedModuleOptions {
  const what = "CloudTaskModule";
  refuseUnknown(options, Object.keys(KNOWN), what);
  const { client, path, worker = {}, grace, keep = [] } = options;
  const { url } = registryOf(client);
  if (!("fetch" in Object(worker))) resolveWorkerOptions(worker as WorkerOptions);
  return {
    client,
    path: checkPath(path ?? new URL(url).pathname),
    worker,
    graceMs: grace === undefined ? undefined : durationMs(grace, `${what}: grace`),
    keep: new Set(keep),
  };
}

/**
 * @param isGlobal - as given
 * @returns the same, or the default
 * @throws TypeError where it is no boolean
 */
export function readIsGlobal(isGlobal: unknown = true): boolean {
  return checkBoolean(isGlobal, "CloudTaskModule: isGlobal");
}

/** Routers read much of what a path may hold as a pattern, each in its own way. */
function checkPath(path: unknown): string {
  if (typeof path !== "string" || !/^\/[\w./~-]*$/.test(path)) {
    throw new TypeError(
      `CloudTaskModule: path must be a path of letters, digits and . _ ~ - such as "/tasks/run", received ${JSON.stringify(path)}`,
    );
  }
  return path === "/" ? path : path.replace(/\/+$/, "");
}
