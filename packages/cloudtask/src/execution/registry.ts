import { environment } from "../core/environment.ts";
import type { Logger } from "../core/logger.ts";
import type { ResolvedRetry } from "../core/retry-settings.ts";
import { warnProcess } from "../core/warn-process.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import type { DependencyScope, Failure } from "../dependencies/dependency-scope.ts";
import { Overrides } from "../dependencies/overrides.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { StandardSchema } from "../payload/standard-schema.ts";
import { FailedDiscards } from "./failed-discards.ts";
import type { Hooks } from "./hooks.ts";
import type { KeepDiscarded } from "./keep-discarded.ts";
import type { Middleware } from "./middleware.ts";

/** The handler of a definition, with its dependencies and hooks. */
export interface Handler {
  readonly deps: Readonly<Record<string, Dependency<unknown>>>;
  readonly run: (payload: unknown, context: Record<string, unknown>) => unknown;
  readonly hooks: Hooks;
}

/** The part of a task definition that is needed to run its tasks. */
export interface TaskRecord {
  readonly name: string;
  /** Earlier names. The definition also runs the tasks that were pushed under them. */
  readonly aliases: readonly string[];
  readonly input: StandardSchema | undefined;
  /** The retry settings of the definition and the client; empty if there are none. */
  readonly retry: ResolvedRetry;
  readonly dispatchDeadlineMs: number;
  /** The audience of its OIDC tokens, if it differs from the client's. */
  readonly audience: string | undefined;
  /** `undefined` while the definition is only declared. */
  handler: Handler | undefined;
  /** The middleware of the definition, outermost first. It runs within the client's middleware. */
  readonly middleware?: readonly Middleware[] | undefined;
  /** The place of the definition, as the stack of an error. V8 formats the stack only when it is read. */
  readonly definedAt: Error;
}

/** A definition with a handler. */
export type HandledTask = TaskRecord & { readonly handler: Handler };

/** The credentials by which a worker recognizes the calls of Cloud Tasks. */
export interface CallerRules {
  readonly secrets: readonly string[];
  readonly secretHeader: string;
  /** The service accounts whose OIDC tokens are accepted. */
  readonly serviceAccounts: readonly string[];
  /** The audience that a token must have. A push sends it in `oidcToken`, and Cloud Tasks puts it into the token. */
  readonly audience: string;
  /** The base URL of the emulator that the client uses. If set, its tokens are accepted instead of Google's. */
  readonly emulatorUrl: string | undefined;
  /** The URL of the worker, as configured on the client. */
  readonly url: string;
  /** The URL of the worker, or a local URL if none is configured. For deliveries in this process. */
  readonly localUrl: string;
}

/** The definitions of a client and everything that is needed to run them. A client and its workers share it. */
export class Registry {
  /** The definitions by name and alias. */
  readonly tasks: Map<string, TaskRecord> = new Map();
  readonly overrides: Overrides = new Overrides();
  /** Calls the factories of instances that live as long as the client. Set by the client. */
  createIn: <T>(create: () => T) => T = (create) => create();
  readonly serializer: Serializer | undefined;
  readonly hooks: Hooks;
  /** The logger of the client. Log by `logOf()`, which removes secrets. */
  readonly logger: Logger | undefined;
  readonly callers: CallerRules;
  readonly failedDiscards: FailedDiscards = new FailedDiscards();
  /** Set by the client. */
  keepDiscarded: KeepDiscarded | undefined;
  /** Returns the client's secrets, which no message may contain. */
  readonly secrets: () => readonly string[] = () => this.#secrets();
  /** The definitions that received a handler by `handle()`, now or earlier. */
  readonly #declared = new WeakSet<TaskRecord>();
  /** The names for which a warning was printed. */
  readonly #warned = new Set<string>();
  /** In order of registration. Each has an object of its own, because the same function may be registered twice. */
  #middleware: readonly { readonly layer: Middleware }[] = [];
  #app: DependencyScope | undefined;
  #isClosed = false;

  constructor(options: {
    readonly serializer: Serializer | undefined;
    readonly hooks: Hooks;
    readonly logger: Logger | undefined;
    readonly callers: CallerRules;
  }) {
    this.serializer = options.serializer;
    this.hooks = options.hooks;
    this.logger = options.logger;
    this.callers = options.callers;
  }

  /**
   * Returns the scope of the instances that live as long as the client.
   *
   * @param create - creates the scope at the first run, because a process that only pushes does not load its code
   */
  appScope(create: (overrides: Overrides) => DependencyScope): DependencyScope {
    if (this.#app !== undefined) return this.#app;
    this.#app = create(this.overrides);
    this.#app.createIn(this.createIn);
    if (this.#isClosed) void this.#app.close();
    return this.#app;
  }

  /** Tears down the instances that live as long as the client. */
  async close(): Promise<Failure> {
    this.#isClosed = true;
    return this.#app?.close();
  }

  /**
   * Replaces a dependency for every delivery from now on.
   *
   * @param replacement - another dependency, or a value
   * @returns a function that undoes the replacement
   * @throws TypeError if `dependency` is not a dependency
   */
  override(dependency: Dependency<unknown>, replacement: unknown): () => void {
    const restore = this.overrides.set(dependency, replacement);
    // Instances that live as long as the client may have been created with the replaced dependency.
    this.#app?.invalidate(dependency);
    return () => {
      restore();
      this.#app?.invalidate(dependency);
    };
  }

  /**
   * Registers a middleware for all runs that begin from now on. It runs within those registered before.
   *
   * @returns a function that removes the middleware
   * @throws TypeError if `layer` is not a function
   */
  use(layer: Middleware): () => void {
    if (typeof layer !== "function") {
      throw new TypeError(`client.use(): expected a function (delivery, next) => …, received ${typeof layer}`);
    }
    const entry = { layer };
    this.#middleware = [...this.#middleware, entry];
    return () => {
      this.#middleware = this.#middleware.filter((each) => each !== entry);
    };
  }

  /** A secret that is not configured is reported by the push or the worker that needs it. */
  #secrets(): readonly string[] {
    try {
      return this.callers.secrets;
    } catch {
      return [];
    }
  }

  /** Returns the audiences of the tokens that a worker accepts: the client's, and those of the definitions handled here. */
  audiences(): readonly string[] {
    const own = [...this.tasks.values()].map((record) => (isHandled(record) ? record.audience : undefined));
    return [...new Set([this.callers.audience, ...own.filter((each) => each !== undefined)])];
  }

  /** Returns the middleware of the client and of a definition, outermost first. */
  middlewareOf(record: TaskRecord): readonly Middleware[] {
    if (this.#middleware.length === 0) return record.middleware ?? [];
    return [...this.#middleware.map(({ layer }) => layer), ...(record.middleware ?? [])];
  }

  /**
   * Sets the handler of a declared definition.
   *
   * @returns a function that removes the handler
   * @throws TypeError if the definition already has a handler; in development a handler set here is replaced instead
   */
  handle(record: TaskRecord, handler: Handler): () => void {
    if (record.handler !== undefined && !(this.#declared.has(record) && modulesReload())) {
      throw new TypeError(`client.handle(): "${record.name}" already has a handler; a definition can have only one`);
    }
    this.#declared.add(record);
    record.handler = handler;
    return () => {
      if (record.handler === handler) record.handler = undefined;
    };
  }

  /**
   * Adds a definition.
   *
   * @throws TypeError if its name or an alias is taken; in development a definition with the same name is replaced instead
   */
  add(record: TaskRecord): void {
    const names = [record.name, ...record.aliases];
    const existing = this.tasks.get(record.name);
    const replaced = existing?.name === record.name && modulesReload() ? existing : undefined;
    for (const name of names) {
      const other = this.tasks.get(name);
      if (other !== undefined && other !== replaced) throw nameConflict(name, other, record);
    }
    if (replaced !== undefined) this.#replace(replaced, record);
    for (const name of names) this.tasks.set(name, record);
  }

  /** Warns once if the two definitions are in different files: in production, that conflict is an error. */
  #replace(other: TaskRecord, record: TaskRecord): void {
    for (const name of [other.name, ...other.aliases]) this.tasks.delete(name);
    if (fileOf(other) === fileOf(record) || this.#warned.has(record.name)) return;
    this.#warned.add(record.name);
    const { message } = nameConflict(record.name, other, record);
    warnProcess(
      `cloudtask: ${message}. In development the later definition is used, because a module may be loaded again`,
    );
  }
}

/**
 * Checks whether edited modules are evaluated again. The development servers of Next.js and Vite do so, without evaluating the
 * module of the client again, and both set NODE_ENV to "development".
 */
function modulesReload(): boolean {
  return environment("NODE_ENV") === "development";
}

/** The file of a definition, without the query and the line that differ between evaluations by a development server. */
function fileOf({ definedAt }: TaskRecord): string {
  return callSite(definedAt).replace(/(\?[^:)]*)?(:\d+)+\)?$/, "");
}

function nameConflict(name: string, other: TaskRecord, record: TaskRecord): TypeError {
  const [first, second] = [other, record].map((each) => {
    const alias = each.name === name ? "" : ` (an alias of "${each.name}")`;
    return `${callSite(each.definedAt)}${alias}`;
  });
  return new TypeError(
    `two task definitions are named "${name}", one ${first} and one ${second}; rename one of them, because a delivery ` +
      "identifies its definition by name",
  );
}

/** Checks whether a definition has a handler in this process. */
export function isHandled(record: TaskRecord): record is HandledTask {
  return record.handler !== undefined;
}

/** The type of a `CloudTaskClient` in the signatures of `createWorker()` and the adapters. */
export interface TaskClient {
  readonly task: (name: string, run: never) => unknown;
  close(): Promise<void>;
}

const registries = new WeakMap<object, Registry>();

/** Connects a client with its registry, for its workers. */
export function attachRegistry(client: TaskClient, registry: Registry): void {
  registries.set(client, registry);
}

/**
 * Returns the registry of a client.
 *
 * @throws TypeError if `client` is not a CloudTaskClient, or was created by another copy of this package
 */
export function registryOf(client: TaskClient): Registry {
  const registry = registries.get(client);
  if (registry !== undefined) return registry;
  throw new TypeError(
    "expected a CloudTaskClient created by this copy of cloudtask; run `npm ls cloudtask` to find a second copy",
  );
}

/** The line of a stack that called `client.task()`: the third one after the message. */
function callSite(error: Error): string {
  const frame = error.stack?.split("\n")[3]?.trim().replace(/^at /, "");
  return frame === undefined ? "at an unknown place" : `at ${frame}`;
}
