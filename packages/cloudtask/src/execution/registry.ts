import type { Logger } from "../core/logger.ts";
import type { Dependency } from "../dependencies/dependency.ts";
import { Overrides } from "../dependencies/overrides.ts";
import { DependencyScope } from "../dependencies/scope.ts";
import type { Serializer } from "../payload/serializer.ts";
import type { StandardSchema } from "../payload/standard-schema.ts";
import type { Hooks } from "./hooks.ts";

/** A task definition as running it needs it. */
export interface TaskRecord {
  readonly name: string;
  readonly input: StandardSchema | undefined;
  readonly deps: Readonly<Record<string, Dependency<unknown>>>;
  readonly run: (payload: unknown, context: Record<string, unknown>) => unknown;
  readonly maxAttempts: number | undefined;
  readonly dispatchDeadlineMs: number;
  readonly hooks: Hooks;
  /** Its stack tells where it was defined; V8 formats it only when it is read. */
  readonly definedAt: Error;
}

/** How the worker tells a call of Cloud Tasks from anyone else's. */
export interface CallerRules {
  readonly secrets: readonly string[];
  readonly secretHeader: string;
  readonly serviceAccount: string | undefined;
}

/** What a client and its worker share: the definitions, and all that running them needs. */
export class Registry {
  readonly tasks: Map<string, TaskRecord> = new Map();
  readonly overrides: Overrides = new Overrides();
  readonly app: DependencyScope = new DependencyScope({ overrides: this.overrides });
  readonly serializer: Serializer | undefined;
  readonly hooks: Hooks;
  readonly logger: Logger | undefined;
  readonly callers: CallerRules;

  constructor(options: {
    readonly serializer: Serializer | undefined;
    readonly hooks: Hooks;
    readonly logger: Logger | undefined;
    readonly callers: CallerRules;
  }) {
    this.serializer = options.serializer;
    this.hooks = options.hooks;
    this.logger = options.logger && unbreakable(options.logger);
    this.callers = options.callers;
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
    this.app.renew(dependency);
    return () => {
      restore();
      this.app.renew(dependency);
    };
  }

  /**
   * @param record - a new definition
   * @throws TypeError where its name is taken, saying where both were defined
   */
  add(record: TaskRecord): void {
    const other = this.tasks.get(record.name);
    if (other !== undefined) {
      throw new TypeError(
        `two task definitions are named "${record.name}": one ${whereFrom(other.definedAt)}, another ` +
          `${whereFrom(record.definedAt)}; a delivery could not tell them apart, so give one of them another name`,
      );
    }
    this.tasks.set(record.name, record);
  }
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
