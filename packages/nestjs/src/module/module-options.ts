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

/**
 * Options of `CloudTaskModule`.
 *
 * @example
 * ```ts
 * const options: CloudTaskModuleOptions = { client, path: "/tasks/run", worker: { maxConcurrency: 20 }, closeClient: true };
 * ```
 */
export interface CloudTaskModuleOptions {
  /** The client whose tasks the app handles. You close it yourself, unless you set `closeClient`. */
  readonly client: CloudTaskClient;
  /**
   * `true` if the app closes the client, and with it the dependencies of scope `"app"`. The client is closed last, in
   * `onApplicationShutdown`. Set it if you call `enableShutdownHooks()`, because NestJS then ends the process itself. Don't set
   * it if the client outlives the app, as in tests that start several apps. Default `false`.
   */
  readonly closeClient?: boolean | undefined;
  /**
   * The path of the worker. A global prefix does not apply to it. Default: the path of the client's `url`. If the URL has none,
   * you must set `path`: a worker at `"/"` would replace the app's own route there.
   */
  readonly path?: string | undefined;
  /** Options of the worker, or a worker that you have created and close yourself. */
  readonly worker?: WorkerOptions | Worker | undefined;
  /**
   * The time that running deliveries have when the app closes, before they are aborted. Default 4 s, as in `worker.close()`. If
   * you created the worker, its deliveries are awaited for that time, but not aborted.
   */
  readonly grace?: Duration | undefined;
  /**
   * Tokens of request-scoped factory providers (`useFactory`) whose values are disposed after each delivery. Instances of classes
   * are always disposed. Values of other factories are never disposed, because they may be shared, such as a pool.
   */
  readonly disposeFactories?: readonly InjectionToken[] | undefined;
}

/**
 * Options of `CloudTaskModule.forRoot()`.
 *
 * @example
 * ```ts
 * @Module({ imports: [CloudTaskModule.forRoot({ client, isGlobal: false })] })
 * class AppModule {}
 * ```
 */
export interface CloudTaskModuleRootOptions extends CloudTaskModuleOptions {
  /** `true` if all modules can inject the client and the delivery. Default `true`. */
  readonly isGlobal?: boolean | undefined;
}

/**
 * Options of `CloudTaskModule.forRootAsync()`.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [CloudTaskModule.forRootAsync({ inject: [Settings], useFactory: ({ client }: Settings) => ({ client }) })],
 * })
 * class AppModule {}
 * ```
 */
export interface CloudTaskModuleAsyncOptions {
  /** The modules whose providers the factory needs. */
  readonly imports?: ModuleMetadata["imports"] | undefined;
  /** Tokens of the providers that the factory is called with. */
  readonly inject?: FactoryProvider["inject"] | undefined;
  /** Returns the options. */
  readonly useFactory: FactoryProvider<CloudTaskModuleOptions | Promise<CloudTaskModuleOptions>>["useFactory"];
  /** `true` if all modules can inject the client and the delivery. Default `true`. */
  readonly isGlobal?: boolean | undefined;
}

/** Checked options with their defaults. */
export interface ResolvedModuleOptions {
  readonly client: CloudTaskClient;
  /** `undefined`: the path of the client's URL. */
  readonly path: string | undefined;
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

const MODULE = "CloudTaskModule";

/** @throws TypeError for an option that is unknown or invalid */
export function readModuleOptions(options: CloudTaskModuleOptions): ResolvedModuleOptions {
  rejectUnknownOptions(options, Object.keys(KNOWN), MODULE);
  const { client, path, worker = {}, grace = DEFAULT_GRACE_MS, closeClient = false, disposeFactories = [] } = options;
  // Rejects a value that is not a client.
  registryOf(client);
  if (!isWorker(worker)) resolveWorkerOptions(worker);
  return {
    client,
    path: path === undefined ? undefined : checkPath(path),
    worker,
    graceMs: durationMs(grace, `${MODULE}: grace`),
    closeClient: checkBoolean(closeClient, `${MODULE}: closeClient`),
    disposeFactories: new Set(disposeFactories),
  };
}

/** @throws TypeError if it is not a boolean */
export function readIsGlobal(isGlobal: unknown = true): boolean {
  return checkBoolean(isGlobal, `${MODULE}: isGlobal`);
}

/**
 * Returns the path of the worker. Call it when the app is created and not earlier: modules may be loaded before the client's URL is
 * configured.
 *
 * @throws TypeError if the option `path` is not set and the client's URL has no path
 */
export function workerPath({ client, path }: Pick<ResolvedModuleOptions, "client" | "path">): string {
  if (path !== undefined) return path;
  const { url } = registryOf(client).callers;
  const { pathname } = new URL(url);
  if (pathname !== "/") return checkPath(pathname);
  throw new TypeError(
    `${MODULE}: the client's url ${JSON.stringify(url)} has no path, and a worker at "/" would replace the app's ` +
      'own route. Add a path to url, such as "/tasks/run", or set path: "/" if the app has no route there',
  );
}

/** Express and Fastify read many characters of a path as patterns, each in its own way. */
function checkPath(path: unknown): string {
  if (typeof path !== "string" || !/^\/[\w./~-]*$/.test(path)) {
    throw new TypeError(
      `${MODULE}: path must start with "/" and contain only letters, digits and . _ ~ - (such as "/tasks/run"), ` +
        `received ${JSON.stringify(path)}`,
    );
  }
  return path === "/" ? path : path.replace(/\/+$/, "");
}
