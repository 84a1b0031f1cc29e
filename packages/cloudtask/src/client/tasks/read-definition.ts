import { checkBoolean, rejectUnknownOptions } from "../../core/check-options.ts";
import { checkHeaders } from "../../core/headers.ts";
import { checkQueueId } from "../../core/resource-name.ts";
import type { Dependencies } from "../../dependencies/dependency.ts";
import { checkDependencies } from "../../dependencies/depends.ts";
import type { Middleware } from "../../execution/middleware.ts";
import type { Handler, TaskRecord } from "../../execution/registry.ts";
import { isStandardSchema } from "../../payload/schema.ts";
import { checkAppEngine, checkAppEngineCaller, mergeAppEngine } from "../app-engine.ts";
import { checkDispatchDeadline, DEFAULT_DISPATCH_DEADLINE_MS } from "../push/limits.ts";
import type { PushDefaults } from "../push/prepare.ts";
import { readNaming } from "../push/task-name.ts";
import { checkHooks, checkWorkerUrl, type ResolvedOptions } from "../resolve-options.ts";
import type { DeclareOptions, HandlerOptions } from "./declared-task.ts";
import type { TaskOptions } from "./task-definition.ts";

type AnyOptions = TaskOptions<unknown, Dependencies, unknown>;
type AnyDeclaration = DeclareOptions<unknown>;
type AnyHandler = HandlerOptions<unknown, Dependencies, unknown>;

const DECLARED: { readonly [Option in keyof Required<AnyDeclaration>]: true } = {
  aliases: true,
  appEngine: true,
  debounce: true,
  dedupe: true,
  dispatchDeadline: true,
  headers: true,
  deferPushes: true,
  idempotent: true,
  input: true,
  maxAttempts: true,
  queue: true,
  throttle: true,
  url: true,
};

const HANDLED: { readonly [Option in keyof Required<AnyHandler>]: true } = {
  deps: true,
  onDiscard: true,
  onError: true,
  onSuccess: true,
  run: true,
};

const KNOWN: { readonly [Option in keyof Required<AnyOptions>]: true } = { ...DECLARED, ...HANDLED };

const RENAMED = { timeout: "dispatchDeadline", handler: "run", retries: "maxAttempts", schema: "input" } as const;

/** It travels in a header, and people read it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;

/** Where a definition comes from, for its checks. */
interface Origin {
  /** The client's options. */
  readonly client: ResolvedOptions;
  /** The name of the definition. */
  readonly name: string;
  /** Defers the pushes of a delivery until it has succeeded. */
  readonly deferPushes: Middleware;
}

/**
 * Checks a task definition as it was given to `client.task()`.
 *
 * @param origin - whose it is
 * @param given - its options, or its handler alone
 * @returns what pushing and running it need
 * @throws TypeError, LimitError
 */
export function readDefinition(origin: Origin, given: unknown): PushDefaults {
  const what = `client.task(${JSON.stringify(origin.name)})`;
  const options = withRun(given, what, "; to declare a task whose handler is elsewhere, call client.declare()");
  rejectUnknownOptions(options, Object.keys(KNOWN), what, RENAMED);
  const handler = handlerFrom(options as AnyHandler, what);
  // The error is made here: the registry counts the frames between this and the line that called client.task().
  return definitionFrom(origin, options as AnyDeclaration, { handler, definedAt: new Error("defined here"), what });
}

/**
 * Checks a declaration as it was given to `client.declare()`.
 *
 * @param origin - whose it is
 * @param options - its options
 * @returns what pushing it needs, with no handler yet
 * @throws TypeError, LimitError
 */
export function readDeclaration(origin: Origin, options: object): PushDefaults {
  const what = `client.declare(${JSON.stringify(origin.name)})`;
  const elsewhere = { run: "client.handle()", deps: "client.handle()", onError: "client.handle()" };
  rejectUnknownOptions(options, Object.keys(DECLARED), what, { ...RENAMED, ...elsewhere });
  return definitionFrom(origin, options, { handler: undefined, definedAt: new Error("defined here"), what });
}

/**
 * Checks a handler as it was given to `client.handle()`.
 *
 * @param name - the name of the definition
 * @param given - the handler, or options with `run`
 * @returns the handler
 * @throws TypeError
 */
export function readHandler(name: string, given: unknown): Handler {
  const what = `client.handle(${name})`;
  const options = withRun(given, what, "");
  rejectUnknownOptions(options, Object.keys(HANDLED), what, RENAMED);
  return handlerFrom(options as AnyHandler, what);
}

function handlerFrom(options: AnyHandler, what: string): Handler {
  return {
    deps: checkDependencies(options.deps ?? {}, what),
    run: options.run as unknown as Handler["run"],
    hooks: checkHooks(options, what),
  };
}

function definitionFrom(
  { client, name, deferPushes }: Origin,
  options: AnyDeclaration,
  { handler, definedAt, what }: Pick<TaskRecord, "handler" | "definedAt"> & { readonly what: string },
): PushDefaults {
  if (options.input !== undefined && !isStandardSchema(options.input)) {
    throw new TypeError(
      `${what}: \`input\` must be a Standard Schema (zod, valibot, arktype …), such as z.object({ … })`,
    );
  }
  const checkedName = checkDefinitionName(name, what);
  const appEngine = mergeAppEngine(client.appEngine, checkAppEngine(options.appEngine, what));
  checkAppEngineCaller(appEngine, client, what);
  const deadline = options.dispatchDeadline ?? client.dispatchDeadlineMs;
  const dispatchDeadlineMs =
    deadline === undefined ? undefined : checkDispatchDeadline(deadline, appEngine ? "appEngine" : "http", what);
  const defers = checkBoolean(options.deferPushes ?? client.deferPushes, `${what}: deferPushes`);
  const record: TaskRecord = {
    name: checkedName,
    aliases: checkAliases(options.aliases ?? [], checkedName, what),
    input: options.input,
    handler,
    maxAttempts: checkMaxAttempts(options.maxAttempts, what),
    dispatchDeadlineMs: dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    around: defers ? [deferPushes] : [],
    definedAt,
  };
  return {
    record,
    queue: options.queue === undefined ? undefined : checkQueueId(options.queue, what),
    url: options.url === undefined ? undefined : checkWorkerUrl(options.url, `url of ${what}`),
    headers: checkHeaders(options.headers ?? {}, what),
    dispatchDeadlineMs,
    idempotent: checkBoolean(options.idempotent ?? client.idempotent, `${what}: idempotent`),
    naming: readNaming(options as AnyOptions, what),
    appEngine,
  };
}

function checkDefinitionName(name: unknown, what: string): string {
  if (typeof name === "string" && NAME.test(name)) return name;
  throw new TypeError(`${what}: a name is 1 to 200 letters, digits and . _ : / -, and begins with a letter or digit`);
}

function checkAliases(aliases: unknown, name: string, what: string): readonly string[] {
  if (!Array.isArray(aliases)) {
    throw new TypeError(`${what}: aliases must be a list of names such as ["old-name"], received ${typeof aliases}`);
  }
  const checked = aliases.map((alias) => checkDefinitionName(alias, `${what}: the alias ${JSON.stringify(alias)}`));
  const twice = checked.find((alias, index) => alias === name || checked.indexOf(alias) < index);
  if (twice === undefined) return checked;
  throw new TypeError(`${what}: the alias ${JSON.stringify(twice)} is its name, or there twice`);
}

/** @returns the options, known to hold a handler, though not yet to hold nothing unknown */
function withRun(given: unknown, what: string, elsewhere: string): object {
  const options = typeof given === "function" ? { run: given } : given;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${what}: expected a handler, or options with \`run\`; received ${typeof given}`);
  }
  const { run } = options as { readonly run?: unknown };
  // A handler under another name is told by that name.
  const misnamed = "handler" in options;
  if (typeof run !== "function" && !misnamed) {
    throw new TypeError(`${what}: \`run\` must be the handler, a function; received ${typeof run}${elsewhere}`);
  }
  return options;
}

function checkMaxAttempts(maxAttempts: unknown, what: string): number | undefined {
  if (maxAttempts === undefined) return undefined;
  if (typeof maxAttempts === "number" && Number.isInteger(maxAttempts) && maxAttempts >= 1) return maxAttempts;
  throw new TypeError(
    `${what}: maxAttempts counts attempts, the first among them: a whole number of 1 or more; received ${String(maxAttempts)}`,
  );
}
