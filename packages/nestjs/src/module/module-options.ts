import type { FactoryProvider, InjectionToken, ModuleMetadata } from "@nestjs/common";
import type { CloudTaskClient, Duration, Worker, WorkerOptions } from "cloudtask";
import {
  checkBoolean,
  DEFAULT_GRACE_MS,
  durationMs,
  isWorker,
  registryOf,
  rejectUnknownOptions,
  resolveWorkerOptions,
} from "cloudtask/internal/nestjs";

/** What `CloudTaskModule` serves, and how. */
export interface CloudTaskModuleOptions {
  /** Whose tasks. It stays yours to close, unless `closeClient` says otherwise. */
  readonly client: CloudTaskClient;
  /**
   * Whether the app closes the client, and with it the dependencies of scope `"app"`: last of all, in
   * `onApplicationShutdown`. After a signal that `enableShutdownHooks()` heeds nothing else could: Nest ends the process.
   * Not where the client outlives the app, as in tests that start several. Default `false`.
   */
  readonly closeClient?: boolean | undefined;
  /**
   * Where the worker is mounted; a global prefix does not apply. Default: the path of the client's `url`. Where that has none,
   * it must be said: at `"/"` the worker answers whatever else the app has there.
   */
  readonly path?: string | undefined;
  /** How the worker behaves, and whom it serves; or a worker that was made before, which stays yours to close. */
  readonly worker?: WorkerOptions | Worker | undefined;
  /**
   * How long running deliveries may go on when the app closes, before they are aborted: as `worker.close()`, 4 s. Those of a
   * worker that was made before are waited for as long, and not aborted.
   */
  readonly grace?: Duration | undefined;
  /**
   * Tokens of request-scoped factory providers (`useFactory`) that make something anew for each delivery, to be disposed after
   * it. What other factories give is left alone, since it may be a cached pool; instances of classes are disposed.
   */
  readonly disposeFactories?: readonly InjectionToken[] | undefined;
}

/** What `CloudTaskModule.forRoot()` takes. */
export interface CloudTaskModuleRootOptions extends CloudTaskModuleOptions {
  /** Whether the client and the delivery can be injected in all modules. Default `true`. */
  readonly isGlobal?: boolean | undefined;
}

/** What `CloudTaskModule.forRootAsync()` takes. */
export interface CloudTaskModuleAsyncOptions {
  /** The modules whose providers the factory is given. */
  readonly imports?: ModuleMetadata["imports"] | undefined;
  /** What it is given. */
  readonly inject?: FactoryProvider["inject"] | undefined;
  /** Makes the options. */
  readonly useFactory: FactoryProvider<CloudTaskModuleOptions | Promise<CloudTaskModuleOptions>>["useFactory"];
  /** Whether the client and the delivery can be injected in all modules. Default `true`. */
  readonly isGlobal?: boolean | undefined;
}

/** The same with defaults. */
export interface ResolvedModuleOptions {
  readonly client: CloudTaskClient;
  readonly path: string;
  readonly worker: WorkerOptions | Worker;
  readonly graceMs: number;
  readonly closeClient: boolean;
  readonly disposeFactories: ReadonlySet<InjectionToken>;
}

const KNOWN: { readonly [Option in keyof Required<CloudTaskModuleOptions>]: true } = {
  client: true,
  closeClient: true,
  disposeFactories: true,
  grace: true,
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
  rejectUnknownOptions(options, Object.keys(KNOWN), what);
  const { client, path, worker = {}, grace = DEFAULT_GRACE_MS, closeClient = false, disposeFactories = [] } = options;
  const { url } = registryOf(client);
  if (!isWorker(worker)) resolveWorkerOptions(worker);
  return {
    client,
    path: path === undefined ? pathOf(url) : checkPath(path),
    worker,
    graceMs: durationMs(grace, `${what}: grace`),
    closeClient: checkBoolean(closeClient, `${what}: closeClient`),
    disposeFactories: new Set(disposeFactories),
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

function pathOf(url: string): string {
  const { pathname } = new URL(url);
  if (pathname !== "/") return checkPath(pathname);
  throw new TypeError(
    `CloudTaskModule: the client's url ${JSON.stringify(url)} has no path, and at "/" the worker would answer in place of the ` +
      'app: give url a path, such as "/tasks/run", or say path: "/" where the app has nothing else there',
  );
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
