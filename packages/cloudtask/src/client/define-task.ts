import { checkBoolean, refuseUnknown } from "../core/check-options.ts";
import { checkHeaders } from "../core/headers.ts";
import { checkQueueId } from "../core/resource-name.ts";
import type { Dependencies } from "../dependencies/dependency.ts";
import { checkDependencies } from "../dependencies/depends.ts";
import type { Middleware } from "../execution/middleware.ts";
import type { TaskRecord } from "../execution/registry.ts";
import { isStandardSchema } from "../payload/schema.ts";
import { checkAppEngine, checkAppEngineCaller, mergeAppEngine } from "./app-engine.ts";
import { checkDispatchDeadline, DEFAULT_DISPATCH_DEADLINE_MS } from "./limits.ts";
import { readNaming } from "./naming-options.ts";
import type { PushDefaults } from "./prepare.ts";
import { checkHooks, checkWorkerUrl, type ResolvedOptions } from "./resolve-options.ts";
import type { TaskOptions } from "./task-definition.ts";

type AnyOptions = TaskOptions<unknown, Dependencies, unknown>;

const KNOWN: { readonly [Option in keyof Required<AnyOptions>]: true } = {
  aliases: true,
  appEngine: true,
  debounce: true,
  dedupe: true,
  deps: true,
  dispatchDeadline: true,
  headers: true,
  holdPushes: true,
  idempotent: true,
  input: true,
  maxAttempts: true,
  onDiscard: true,
  onError: true,
  onSuccess: true,
  queue: true,
  run: true,
  throttle: true,
  url: true,
};

const RENAMED = { timeout: "dispatchDeadline", handler: "run", retries: "maxAttempts", schema: "input" } as const;

/** It travels in a header, and people read it. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;

/**
 * Checks a task definition as it was given.
 *
 * @param client - the client's options
 * @param name - the name of the definition
 * @param given - its options, or its handler alone
 * @param holding - what holds the pushes of a delivery until it has succeeded
 * @returns what pushing and running it need
 * @throws TypeError, LimitError
 */
export function readDefinition(
  client: ResolvedOptions,
  name: unknown,
  given: unknown,
  holding: Middleware,
): PushDefaults {
  const what = `client.task(${JSON.stringify(name)})`;
  const checkedName = checkDefinitionName(name, what);
  const options = optionsOf(given, what);
  const appEngine = mergeAppEngine(client.appEngine, checkAppEngine(options.appEngine, what));
  checkAppEngineCaller(appEngine, client, what);
  const deadline = options.dispatchDeadline ?? client.dispatchDeadlineMs;
  const dispatchDeadlineMs =
    deadline === undefined ? undefined : checkDispatchDeadline(deadline, appEngine ? "appEngine" : "http", what);
  const holdPushes = checkBoolean(options.holdPushes ?? client.holdPushes, `${what}: holdPushes`);
  const record: TaskRecord = {
    name: checkedName,
    aliases: checkAliases(options.aliases ?? [], checkedName, what),
    input: options.input,
    deps: checkDependencies(options.deps ?? {}, what),
    run: options.run as unknown as TaskRecord["run"],
    maxAttempts: checkMaxAttempts(options.maxAttempts, what),
    dispatchDeadlineMs: dispatchDeadlineMs ?? DEFAULT_DISPATCH_DEADLINE_MS,
    hooks: checkHooks(options, what),
    around: holdPushes ? [holding] : [],
    // Made here: the registry counts the frames between this and the line that called client.task().
    definedAt: new Error("defined here"),
  };
  return {
    record,
    queue: options.queue === undefined ? undefined : checkQueueId(options.queue, what),
    url: options.url === undefined ? undefined : checkWorkerUrl(options.url, `url of ${what}`),
    headers: checkHeaders(options.headers ?? {}, what),
    dispatchDeadlineMs,
    idempotent: checkBoolean(options.idempotent ?? client.idempotent, `${what}: idempotent`),
    holdPushes,
    naming: readNaming(options, what),
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

function optionsOf(given: unknown, what: string): AnyOptions {
  const options = (typeof given === "function" ? { run: given } : given) as AnyOptions | null | undefined;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${what}: expected a handler, or options with \`run\`; received ${typeof given}`);
  }
  refuseUnknown(options, Object.keys(KNOWN), what, RENAMED);
  if (typeof options.run !== "function") {
    throw new TypeError(`${what}: \`run\` must be the handler, a function; received ${typeof options.run}`);
  }
  if (options.input !== undefined && !isStandardSchema(options.input)) {
    throw new TypeError(
      `${what}: \`input\` must be a Standard Schema (zod, valibot, arktype …), such as z.object({ … })`,
    );
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
