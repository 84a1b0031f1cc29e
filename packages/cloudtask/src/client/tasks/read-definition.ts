import { checkBoolean, rejectUnknownOptions } from "../../core/check-options.ts";
import { checkHeaders } from "../../core/headers.ts";
import { PING_TASK } from "../../core/ping.ts";
import { checkBackoffOrder, checkRetryFields, mergeRetry, type ResolvedRetry } from "../../core/retry-settings.ts";
import type { Dependencies } from "../../dependencies/dependency.ts";
import { checkDependencies } from "../../dependencies/depends.ts";
import type { Middleware } from "../../execution/middleware.ts";
import type { Handler, TaskRecord } from "../../execution/registry.ts";
import { checkSchema } from "../../payload/schema.ts";
import type { StandardSchema } from "../../payload/standard-schema.ts";
import { checkAppEngine, checkAppEngineCaller, mergeAppEngine } from "../app-engine.ts";
import { checkDeadLetter } from "../dead-letter/dead-letter-queue.ts";
import { checkText, checkWorkerUrl } from "../deployment.ts";
import { checkDispatchDeadline, DEFAULT_DISPATCH_DEADLINE_MS } from "../push/limits.ts";
import type { PushDefaults } from "../push/prepare.ts";
import { readNaming } from "../push/task-name.ts";
import type { QueueChoice } from "../queues/client-queues.ts";
import { checkHooks, type ResolvedOptions } from "../resolve-options.ts";
import type { DeclareOptions, HandlerOptions, TaskOptions } from "./task-options.ts";

type AnyDeclaration = DeclareOptions<StandardSchema, unknown>;
type AnyHandler = HandlerOptions<unknown, Dependencies, unknown>;
type AnyOptions = TaskOptions<StandardSchema, unknown, Dependencies, unknown>;

const DECLARED: { readonly [Option in keyof Required<AnyDeclaration>]: true } = {
  aliases: true,
  appEngine: true,
  audience: true,
  deadLetter: true,
  debounce: true,
  dedupe: true,
  dispatchDeadline: true,
  headers: true,
  deferPushes: true,
  idempotent: true,
  input: true,
  queue: true,
  retry: true,
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

const RENAMED = {
  timeout: "dispatchDeadline",
  handler: "run",
  schema: "input",
  maxAttempts: "retry.maxAttempts",
  attempts: "retry.maxAttempts",
  retries: "retry.maxAttempts",
} as const;

/** The name is sent in a header, and people read it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;

/** The client and the name that a definition is read for. */
export interface DefinitionOrigin {
  readonly client: ResolvedOptions;
  readonly name: string;
  /** Defers the pushes of a delivery until it has succeeded. */
  readonly deferPushes: Middleware;
}

/**
 * Checks the second argument of `client.task()`: options, or a handler.
 *
 * @throws TypeError, LimitError
 */
export function readDefinition(origin: DefinitionOrigin, definition: unknown): PushDefaults {
  const subject = `client.task(${JSON.stringify(origin.name)})`;
  const options = withRun(definition, subject, ". To declare a task without a handler, call client.declare().");
  rejectUnknownOptions(options, Object.keys(KNOWN), subject, RENAMED);
  const handler = handlerFrom(options as AnyHandler, subject);
  // The registry counts the stack frames between this error and the line that called client.task().
  return definitionFrom(origin, options as AnyDeclaration, { handler, definedAt: new Error("defined here"), subject });
}

/**
 * Checks the options of `client.declare()`. The definition has no handler yet.
 *
 * @throws TypeError, LimitError
 */
export function readDeclaration(origin: DefinitionOrigin, options: object): PushDefaults {
  const subject = `client.declare(${JSON.stringify(origin.name)})`;
  const ofHandler = { run: "client.handle()", deps: "client.handle()", onError: "client.handle()" };
  rejectUnknownOptions(options, Object.keys(DECLARED), subject, { ...RENAMED, ...ofHandler });
  return definitionFrom(origin, options, { handler: undefined, definedAt: new Error("defined here"), subject });
}

/** Checks the second argument of `client.handle()`: options, or a handler. */
export function readHandler(name: string, handler: unknown): Handler {
  const subject = `client.handle(${name})`;
  const options = withRun(handler, subject);
  rejectUnknownOptions(options, Object.keys(HANDLED), subject, RENAMED);
  return handlerFrom(options as AnyHandler, subject);
}

function handlerFrom(options: AnyHandler, subject: string): Handler {
  return {
    deps: checkDependencies(options.deps ?? {}, subject),
    run: options.run as unknown as Handler["run"],
    hooks: checkHooks(options, subject),
  };
}

function definitionFrom(
  { client, name, deferPushes }: DefinitionOrigin,
  options: AnyDeclaration,
  { handler, definedAt, subject }: Pick<TaskRecord, "handler" | "definedAt"> & { readonly subject: string },
): PushDefaults {
  checkSchema(options.input, subject);
  const checkedName = checkDefinitionName(name, subject);
  const appEngine = mergeAppEngine(client.appEngine, checkAppEngine(options.appEngine, subject));
  checkAppEngineCaller(appEngine, client.deployment.knownServiceAccount, subject);
  const deadline = options.dispatchDeadline ?? client.dispatchDeadlineMs;
  const dispatchDeadlineMs =
    deadline === undefined ? undefined : checkDispatchDeadline(deadline, appEngine ? "appEngine" : "http", subject);
  const defers = checkBoolean(options.deferPushes ?? client.deferPushes, `${subject}: deferPushes`);
  const queue = options.queue === undefined ? undefined : client.queues.check(options.queue, `${subject}: queue`);
  const retry = checkRetryFields(options.retry, subject);
  const record: TaskRecord = {
    name: checkedName,
    aliases: checkAliases(options.aliases ?? [], checkedName, subject),
    input: options.input,
    handler,
    retry: checkedRetry(client, queue, retry, subject),
    dispatchDeadlineMs: dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    audience: options.audience === undefined ? undefined : checkText(options.audience, `audience of ${subject}`),
    middleware: defers ? [deferPushes] : [],
    definedAt,
  };
  return {
    record,
    queue,
    deadLetter: checkDefinitionDeadLetter(client, queue, options.deadLetter, subject),
    url: options.url === undefined ? undefined : checkWorkerUrl(options.url, `${subject}: \`url\``),
    audience: record.audience,
    headers: checkHeaders(options.headers ?? {}, subject),
    dispatchDeadlineMs,
    idempotent: checkBoolean(options.idempotent ?? client.idempotent, `${subject}: idempotent`),
    retry,
    naming: readNaming(options as AnyOptions, subject),
    appEngine,
  };
}

/** Returns the retry settings of the definition in its own queue, with those of the client and the queue. */
function checkedRetry(
  client: ResolvedOptions,
  queue: QueueChoice | undefined,
  own: ResolvedRetry,
  subject: string,
): ResolvedRetry {
  const home = client.forceToQueue ?? queue ?? client.queue;
  const retry = mergeRetry(client.retry, home === undefined ? undefined : client.queues.retryOf(home), own);
  checkBackoffOrder(retry, subject);
  return retry;
}

/** The client's `deadLetter` is checked again, because it may be the queue of this definition. */
function checkDefinitionDeadLetter(
  client: ResolvedOptions,
  queue: QueueChoice | undefined,
  deadLetter: string | false | undefined,
  subject: string,
): string | false | undefined {
  const used = deadLetter ?? client.deadLetter;
  if (used !== undefined && used !== false) {
    checkDeadLetter(used, { queues: client.queues, home: client.forceToQueue ?? queue ?? client.queue, subject });
  }
  return deadLetter;
}

function checkDefinitionName(name: unknown, subject: string): string {
  if (name === PING_TASK) throw new TypeError(`${subject}: the name is reserved: workers answer it without a handler`);
  if (typeof name === "string" && NAME.test(name)) return name;
  throw new TypeError(
    `${subject}: a name consists of 1 to 200 letters, digits and . _ : / -, and starts with a letter or digit`,
  );
}

function checkAliases(aliases: unknown, name: string, subject: string): readonly string[] {
  if (!Array.isArray(aliases)) {
    throw new TypeError(
      `${subject}: \`aliases\` must be a list of names such as ["old-name"], received ${typeof aliases}`,
    );
  }
  const checked = aliases.map((alias) => checkDefinitionName(alias, `${subject}: the alias ${JSON.stringify(alias)}`));
  const repeated = checked.find((alias, index) => alias === name || checked.indexOf(alias) < index);
  if (repeated === undefined) return checked;
  throw new TypeError(`${subject}: the alias ${JSON.stringify(repeated)} repeats the name or another alias`);
}

/** Returns options that have a handler; they can still have unknown options. */
function withRun(definition: unknown, subject: string, hint = ""): object {
  const options = typeof definition === "function" ? { run: definition } : definition;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${subject}: expected a handler, or options with \`run\`; received ${typeof definition}`);
  }
  const { run } = options as { readonly run?: unknown };
  // The check for unknown options has a better message for `handler`.
  const misnamed = "handler" in options;
  if (typeof run !== "function" && !misnamed) {
    throw new TypeError(`${subject}: \`run\` must be the handler function, received ${typeof run}${hint}`);
  }
  return options;
}
