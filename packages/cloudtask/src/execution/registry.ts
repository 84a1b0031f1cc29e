import { environment } from "../core/environment.ts";
import type { Logger } from "../core/logger.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { DependencyScope } from "../dependencies/dependency-scope.ts";
import { Overrides } from "../dependencies/overrides.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { StandardSchema } from "../payload/standard-schema.ts";
import type { Hooks } from "./hooks.ts";
import type { Middleware } from "./middleware.ts";

/** What runs the tasks of a definition. */
export interface Handler {
  readonly deps: Readonly<Record<string, Dependency<unknown>>>;
  readonly run: (payload: unknown, context: Record<string, unknown>) => unknown;
  readonly hooks: Hooks;
}

/** A task definition as running it needs it. */
export interface TaskRecord {
  readonly name: string;
  /** Names that it had before: tasks which were queued under them are still its own. */
  readonly aliases: readonly string[];
  readonly input: StandardSchema | undefined;
  readonly maxAttempts: number | undefined;
  readonly dispatchDeadlineMs: number;
  /** What runs its tasks; `undefined` as long as it is declared alone. */
  handler: Handler | undefined;
  /** What stands around its runs, the outermost first, within the client's middleware. */
  readonly around?: readonly Middleware[] | undefined;
  /** Its stack tells where it was defined; V8 formats it only when it is read. */
  readonly definedAt: Error;
}

/** A definition that can be run. */
export type HandledTask = TaskRecord & { readonly handler: Handler };

/** How the worker tells a call of Cloud Tasks from anyone else's. */
export interface CallerRules {
  readonly secrets: readonly string[];
  readonly secretHeader: string;
  /** Whose OIDC tokens are accepted. */
  readonly serviceAccounts: readonly string[];
  /** What their tokens must be for: what a push asks Cloud Tasks to put into them. */
  readonly audience: string;
  /** The base URL of the emulator that the client is pointed at: then its tokens are accepted, and Google's are not. */
  readonly emulatorUrl: string | undefined;
}

/** What a client and its worker share: the definitions, and all that running them needs. */
export class Registry {
  /** By each name that a task may come under. */
  readonly tasks: Map<string, TaskRecord> = new Map();
  readonly overrides: Overrides = new Overrides();
  readonly app: DependencyScope = new DependencyScope({ overrides: this.overrides });
  readonly serializer: Serializer | undefined;
  readonly hooks: Hooks;
  readonly logger: Logger | undefined;
  readonly callers: CallerRules;
  /** Where the client says that its worker is. */
  readonly url: string;
  /** What has, or had, its handler by `handle()`. */
  readonly #declared = new WeakSet<TaskRecord>();
  /** Names that were warned of. */
  readonly #warned = new Set<string>();
  /** In the order of registration, each in an object of its own: one function may be there twice. */
  #middleware: readonly { readonly layer: Middleware }[] = [];

  constructor(options: {
    readonly serializer: Serializer | undefined;
    readonly hooks: Hooks;
    readonly logger: Logger | undefined;
    readonly callers: CallerRules;
    readonly url: string;
  }) {
    this.serializer = options.serializer;
    this.hooks = options.hooks;
    this.logger = options.logger && unbreakable(options.logger);
    this.callers = options.callers;
    this.url = options.url;
  }

  /**
   * Replaces a dependency for every delivery from now on.
   *
   * @param dependency - the one to replace
   * @param replacement - another dependency, or the value itself
   * @returns what undoes it
   * @throws TypeError where the first is no dependency
   */
  override(dependency: Dependency<unknown>, replacement: unknown): () => void {
    const restore = this.overrides.set(dependency, replacement);
    // What lives as long as the client was perhaps made with what is replaced now.
    this.app.invalidate(dependency);
    return () => {
      restore();
      this.app.invalidate(dependency);
    };
  }

  /**
   * Puts a middleware around every run that begins from now on, within those that are there.
   *
   * @param layer - the middleware
   * @returns what takes it away
   * @throws TypeError where it is no function
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

  /**
   * @param record - a definition
   * @returns all that stands around its runs, the outermost first
   */
  around(record: TaskRecord): readonly Middleware[] {
    return [...this.#middleware.map(({ layer }) => layer), ...(record.around ?? [])];
  }

  /**
   * Gives a declared definition its handler.
   *
   * @param record - the definition
   * @param handler - what runs its tasks from now on
   * @returns what takes it away
   * @throws TypeError where it has one already; in development a later one replaces one that was given here
   */
  handle(record: TaskRecord, handler: Handler): () => void {
    if (record.handler !== undefined && !(this.#declared.has(record) && modulesReload())) {
      throw new TypeError(`client.handle(): "${record.name}" has a handler already, and a delivery can run only one`);
    }
    this.#declared.add(record);
    record.handler = handler;
    return () => {
      if (record.handler === handler) record.handler = undefined;
    };
  }

  /**
   * @param record - a new definition
   * @throws TypeError where a name of it is taken, saying where both were defined; in development a definition replaces the one
   * that bore its name before
   */
  add(record: TaskRecord): void {
    const names = [record.name, ...record.aliases];
    const before = this.tasks.get(record.name);
    const replaced = before?.name === record.name && modulesReload() ? before : undefined;
    for (const name of names) {
      const other = this.tasks.get(name);
      if (other !== undefined && other !== replaced) throw clash(name, other, record);
    }
    if (replaced !== undefined) this.#replace(replaced, record);
    for (const name of names) this.tasks.set(name, record);
  }

  /** Said aloud, once: where these are two tasks after all, the process will not start in production. */
  #replace(other: TaskRecord, record: TaskRecord): void {
    for (const name of [other.name, ...other.aliases]) this.tasks.delete(name);
    if (fileOf(other) === fileOf(record) || this.#warned.has(record.name)) return;
    this.#warned.add(record.name);
    const { message } = clash(record.name, other, record);
    warnProcess(`cloudtask: ${message}. In development the later one is taken, since it may be the same, loaded again`);
  }
}

/**
 * Whether modules may be evaluated again, beside others that stay: the development servers of Next.js and Vite do so with a
 * module that was edited, though not with the client's that it imports, and both set NODE_ENV to this.
 */
function modulesReload(): boolean {
  return environment("NODE_ENV") === "development";
}

/** Where a definition stands, without what a development server adds to tell one evaluation from the next. */
function fileOf({ definedAt }: TaskRecord): string {
  return whereFrom(definedAt).replace(/(\?[^:)]*)?(:\d+)+\)?$/, "");
}

/** As Node prints its own warnings; nothing on runtimes without them. */
function warnProcess(message: string): void {
  const { process } = globalThis as { readonly process?: { readonly emitWarning?: (message: string) => void } };
  process?.emitWarning?.(message);
}

function clash(name: string, other: TaskRecord, record: TaskRecord): TypeError {
  const [one, another] = [other, record].map((each) => {
    const alias = each.name === name ? "" : ` (an alias of "${each.name}")`;
    return `${whereFrom(each.definedAt)}${alias}`;
  });
  return new TypeError(
    `two task definitions are named "${name}": one ${one}, another ${another}; a delivery could not tell them apart, so give ` +
      "one of them another name",
  );
}

/** @returns whether a definition has a handler in this process */
export function isHandled(record: TaskRecord): record is HandledTask {
  return record.handler !== undefined;
}

/** Says that a definition has no handler here, and what to do. */
export function noHandler({ name }: TaskRecord): string {
  return `"${name}" is declared and has no handler in this process: is the module that calls client.handle(), or the provider with @OnTask, imported here?`;
}

/** A `CloudTaskClient`, as far as its worker needs to know one. */
export interface TaskClient {
  readonly task: (name: string, run: never) => unknown;
  close(): Promise<void>;
}

const registries = new WeakMap<object, Registry>();

/** Makes a client's registry known to its workers. */
export function attachRegistry(client: TaskClient, registry: Registry): void {
  registries.set(client, registry);
}

/**
 * @param client - a CloudTaskClient
 * @returns its registry
 * @throws TypeError for anything else, such as a client of another copy of this package
 */
export function registryOf(client: TaskClient): Registry {
  const registry = registries.get(client);
  if (registry !== undefined) return registry;
  throw new TypeError(
    "expected a CloudTaskClient made by this copy of cloudtask; where two copies are installed, `npm ls cloudtask` shows them",
  );
}

/** A logger that throws must not decide what becomes of a delivery. */
function unbreakable(logger: Logger): Logger {
  const guarded =
    (level: keyof Logger) =>
    (...line: Parameters<Logger["warn"]>): void => {
      try {
        const told: unknown = logger[level](...line);
        if (told instanceof Promise) told.catch(() => undefined);
      } catch {
        // There is nowhere left to tell it.
      }
    };
  return { warn: guarded("warn"), error: guarded("error") };
}

/** The line of a stack that called `client.task()`: the third below the message. */
function whereFrom(error: Error): string {
  const frame = error.stack?.split("\n")[3]?.trim().replace(/^at /, "");
  return frame === undefined ? "at an unknown place" : `at ${frame}`;
}
