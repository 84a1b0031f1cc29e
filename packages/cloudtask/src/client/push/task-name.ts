import { checkBoolean, rejectUnknownOptions } from "../../core/check-options.ts";
import { type Duration, durationMs, durationText } from "../../core/duration.ts";
import { loadNaming } from "./late-naming.ts";
import { MAX_AHEAD_MS } from "./limits.ts";

/**
 * Names tasks by their payload: see `PushOptions.dedupe`.
 *
 * @example
 * ```ts
 * await sendWelcomeEmail({ userId: "123" }).push({ dedupe: { window: "1d" } }); // at most once a day
 * ```
 */
export interface DedupeOptions {
  /**
   * Pushes each payload once per window. Windows are aligned to the Unix epoch, 1 s to 30 days long. Cloud Tasks forgets a name
   * about an hour after its task is done. In a longer window, the payload can then be pushed again. Default: no windows; a
   * payload is pushed once for as long as Cloud Tasks remembers its name.
   */
  readonly window?: Duration | undefined;
}

/** A function that returns the key of a payload. */
// The type of a method: its parameter is bivariant, so a key with an annotated parameter fits before the payload is inferred.
export type PushKey<Payload> = { of(payload: Payload): string }["of"];

/**
 * Limits a task to one run per key and window. The run is at the end of the window, so the handler sees the state after every
 * push in it. The first push supplies the payload; the other pushes create nothing and resolve with `deduplicated: true`. Windows
 * are aligned to the Unix epoch. A window stops accepting pushes 5 s before its run (a tenth of the window if it is short),
 * because the clocks of machines differ.
 *
 * @example
 * ```ts
 * const reindex = client.task("reindex", {
 *   run: async (page: { id: string }) => searchIndex.update(page.id),
 *   throttle: { key: (page) => page.id, window: "1m" },
 * });
 * ```
 */
export interface ThrottleOptions<Payload> {
  /** Pushes with the same key share a run: a constant key, or a function of the payload that is pushed. */
  readonly key: string | PushKey<Payload>;
  /** The length of a window, 1 s to 30 days. */
  readonly window: Duration;
}

/**
 * Runs a task once per key, after no push has arrived for a whole window: one to two windows after the last push. The payload is
 * that of the first push in the last window, so let the handler read the current state. A push can cost two API calls, and needs
 * the permission `cloudtasks.tasks.delete`.
 *
 * @example
 * ```ts
 * const sync = client.task("sync-account", {
 *   run: async (account: { id: string }) => searchIndex.update(account.id),
 *   debounce: { key: (account) => account.id, window: "30s" },
 * });
 * ```
 */
export interface DebounceOptions<Payload> {
  /** Pushes with the same key share a run: a constant key, or a function of the payload that is pushed. */
  readonly key: string | PushKey<Payload>;
  /** The length of a window, 1 s to 15 days. */
  readonly window: Duration;
}

/** The options of a definition that name its tasks. */
export interface NamingOptions {
  readonly dedupe?: boolean | DedupeOptions | undefined;
  readonly throttle?: ThrottleOptions<never> | undefined;
  readonly debounce?: DebounceOptions<never> | undefined;
}

/** The naming of tasks without a `name`: by payload, or by key and time. */
export type Naming =
  | { readonly kind: "dedupe"; readonly windowMs: number | undefined }
  | {
      readonly kind: "throttle" | "debounce";
      readonly key: string | ((payload: never) => unknown);
      readonly windowMs: number;
    };

const MIN_WINDOW_MS = 1_000;

/** Debounce schedules a task two windows ahead. */
const MAX_WINDOW_MS = { dedupe: MAX_AHEAD_MS, throttle: MAX_AHEAD_MS, debounce: MAX_AHEAD_MS / 2 } as const;

/**
 * Checks the options of a definition that name its tasks, and returns the one that is set.
 *
 * @throws TypeError if an option is invalid, or if more than one is set
 */
export function readNaming({ dedupe, throttle, debounce }: NamingOptions, subject: string): Naming | undefined {
  if (dedupe === undefined && throttle === undefined && debounce === undefined) return undefined;
  const set = [
    readDedupe(dedupe, subject),
    readWindow("throttle", throttle, subject),
    readWindow("debounce", debounce, subject),
  ];
  const [naming, other] = set.filter((each) => each !== undefined);
  if (naming !== undefined && other !== undefined) throw conflictBetween(naming.kind, other.kind, subject);
  return naming;
}

/**
 * Returns the naming of one push. The kinds of naming cannot be combined, even if the definition sets one and the push another.
 * If one silently replaced the other, a named push would bypass the definition's throttle.
 *
 * @throws TypeError if an option is invalid, or if more than one kind of naming is set
 */
export function namingOf(
  definition: Naming | undefined,
  { dedupe, name }: { readonly dedupe?: boolean | DedupeOptions | undefined; readonly name?: unknown },
  subject: string,
): Naming | undefined {
  const own = readDedupe(dedupe, subject);
  const inherited = definition?.kind === "dedupe" && dedupe !== undefined ? undefined : definition;
  const conflicting = name === undefined ? own : { kind: "name" };
  if (inherited !== undefined && conflicting !== undefined)
    throw conflictWithDefinition(conflicting.kind, inherited.kind, subject);
  if (own !== undefined && name !== undefined) throw conflictBetween("name", own.kind, subject);
  return own ?? inherited;
}

function conflictBetween(one: string, other: string, subject: string): TypeError {
  return new TypeError(`${subject}: \`${one}\` and \`${other}\` cannot be combined, because each sets the task's name`);
}

function conflictWithDefinition(option: string, inherited: Naming["kind"], subject: string): TypeError {
  const remedy = inherited === "dedupe" ? "pass `dedupe: false` to turn it off" : `remove \`${option}\` from the push`;
  return new TypeError(
    `${conflictBetween(option, inherited, subject).message}. The definition sets \`${inherited}\`; ${remedy}.`,
  );
}

function readDedupe(dedupe: unknown, subject: string): Naming | undefined {
  if (dedupe === undefined || dedupe === false) return undefined;
  if (dedupe === true) return { kind: "dedupe", windowMs: undefined };
  if (typeof dedupe !== "object" || dedupe === null) {
    throw new TypeError(`${subject}: \`dedupe\` must be true, false or { window: "10m" }, received ${typeof dedupe}`);
  }
  rejectUnknownOptions(dedupe, ["window"], `${subject}: dedupe`);
  const { window } = dedupe as DedupeOptions;
  return { kind: "dedupe", windowMs: window === undefined ? undefined : windowMs("dedupe", window, subject) };
}

function readWindow(kind: "throttle" | "debounce", options: unknown, subject: string): Naming | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    const received = options === null ? "null" : typeof options;
    throw new TypeError(`${subject}: \`${kind}\` must be { key: "user-123", window: "1m" }, received ${received}`);
  }
  rejectUnknownOptions(options, ["key", "window"], `${subject}: ${kind}`);
  const { key, window } = options as ThrottleOptions<never>;
  if (typeof key !== "function") checkKey(key, kind, subject);
  return { kind, key, windowMs: windowMs(kind, window, subject) };
}

/** An empty key is rejected: unrelated pushes would share a run. */
function checkKey(key: unknown, kind: string, subject: string): string {
  if (typeof key === "string" && key !== "") return key;
  throw new TypeError(`${subject}: \`${kind}.key\` must be a non-empty string, received ${JSON.stringify(key)}`);
}

function windowMs(kind: Naming["kind"], window: Duration, subject: string): number {
  const ms = Math.round(durationMs(window, `${subject}: ${kind}.window`));
  if (ms >= MIN_WINDOW_MS && ms <= MAX_WINDOW_MS[kind]) return ms;
  const most = `${durationText(MAX_WINDOW_MS[kind])}`;
  throw new TypeError(`${subject}: \`${kind}.window\` must be 1s to ${most}, received ${JSON.stringify(window)}`);
}

/** The id of a task, with the properties that follow from how it is named. */
export interface TaskName {
  /** `undefined` if Cloud Tasks generates it. */
  readonly id: string | undefined;
  /** `true` if another push can have the same id. A taken name then means a duplicate. */
  readonly named: boolean;
  /** The time at which the task runs, in milliseconds since the epoch, if a window decides it. */
  readonly scheduleMs?: number | undefined;
  /** The id of the task that this one replaces. */
  readonly supersedes?: string | undefined;
  /** The identity of a named task, without the window of its name. It decides the shard of the task. */
  readonly spreadBy?: string | undefined;
}

interface NamedPush {
  readonly definition: string;
  readonly name: string | undefined;
  readonly naming: Naming | undefined;
  readonly idempotent: boolean;
  readonly payload: unknown;
  /** The body that is sent. */
  readonly body: string;
}

/** Returns the name of a push for a time. The payload is read at the push, because it may change afterwards. */
export type NameAt = (nowMs: number) => TaskName | Promise<TaskName>;

const UNNAMED: TaskName = { id: undefined, named: false };
const unnamed: NameAt = () => UNNAMED;

/**
 * Creates the function that names a push.
 *
 * @throws TypeError if the name or the key is invalid; the error of the key function
 */
export function taskNamer(push: NamedPush, subject: string): NameAt {
  const { definition, name, naming, idempotent } = push;
  if (naming !== undefined) return derived(push, naming, subject);
  if (name === undefined && idempotent === false) return unnamed;
  if (name === undefined) {
    const id = checkBoolean(idempotent, `${subject}: idempotent`) ? crypto.randomUUID() : undefined;
    return () => ({ id, named: false });
  }
  if (typeof name !== "string" || name === "" || LONE_SURROGATE.test(name)) {
    const expected = name && typeof name === "string" ? "well-formed Unicode" : "a non-empty string";
    throw new TypeError(`${subject}: \`name\` must be ${expected}, received ${JSON.stringify(name)}`);
  }
  return async () => (await loadNaming()).namedByText(definition, name);
}

/** UTF-8 replaces every lone surrogate with the same character, so two different names would become one id. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The pushes of one key, counted in windows: slot n is the nth window since the Unix epoch. */
export interface Slots {
  readonly definition: string;
  readonly key: string;
  readonly windowMs: number;
}

function derived({ definition, body, payload }: NamedPush, naming: Naming, subject: string): NameAt {
  const { kind, windowMs } = naming;
  if (kind === "dedupe") {
    return async (nowMs) => (await loadNaming()).namedByPayload({ definition, body, windowMs }, nowMs);
  }
  const key = typeof naming.key === "function" ? naming.key(payload as never) : naming.key;
  const slots = { definition, key: checkKey(key, kind, subject), windowMs: naming.windowMs };
  return async (nowMs) => (await loadNaming()).namedByWindow(kind, slots, nowMs);
}
