import { rejectUnknownOptions } from "../../core/check-options.ts";
import { type Duration, durationMs, durationText } from "../../core/duration.ts";
import { MAX_AHEAD_MS } from "./limits.ts";

/** How long a payload counts as the same push. */
export interface DedupeOptions {
  /**
   * Windows aligned to the epoch: a payload is pushed once in each of them. 1 s to 30 days; beyond about an hour after the
   * task is done, Cloud Tasks has forgotten it. Default: as long as Cloud Tasks remembers the name, about an hour.
   */
  readonly window?: Duration | undefined;
}

/** Checked as a method is, so that a parameter which says its own type fits also where the payload's is not known yet. */
type KeyOf<Payload> = { of(payload: Payload): string }["of"];

/**
 * At most one run per key and window, at the end of the window, so the handler sees the effects of every push in it. The first
 * push supplies the payload; the other pushes create nothing and resolve with `deduplicated: true`. Windows are aligned to the
 * Unix epoch. A window stops accepting pushes 5 s before its run (a tenth of a short window), because clocks of machines differ.
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
  readonly key: string | KeyOf<Payload>;
  /** 1 s to 30 days. */
  readonly window: Duration;
}

/**
 * One run per key after no push has arrived for a whole window: one to two windows after the last push. The payload is that of
 * the first push in the last window, so let the handler read the current state. A push can cost two API calls, and needs the
 * permission `cloudtasks.tasks.delete`.
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
  readonly key: string | KeyOf<Payload>;
  /** 1 s to 15 days. */
  readonly window: Duration;
}

/** The options of a definition that name its tasks. */
export interface NamingOptions {
  readonly dedupe?: boolean | DedupeOptions | undefined;
  readonly throttle?: ThrottleOptions<never> | undefined;
  readonly debounce?: DebounceOptions<never> | undefined;
}

/** How a task gets its name where nobody says one: by its payload, or by a key and the time. */
export type Naming =
  | { readonly kind: "dedupe"; readonly windowMs: number | undefined }
  | {
      readonly kind: "throttle" | "debounce";
      readonly key: string | ((payload: never) => unknown);
      readonly windowMs: number;
    };

const MIN_WINDOW_MS = 1_000;

/** A debounced task is scheduled two windows ahead. */
const MAX_WINDOW_MS = { dedupe: MAX_AHEAD_MS, throttle: MAX_AHEAD_MS, debounce: MAX_AHEAD_MS / 2 } as const;

/**
 * Checks the options of a definition that name its tasks, and returns the one that is set.
 *
 * @throws TypeError if an option is invalid, or if more than one is set
 */
export function readNaming({ dedupe, throttle, debounce }: NamingOptions, what: string): Naming | undefined {
  if (dedupe === undefined && throttle === undefined && debounce === undefined) return undefined;
  const set = [
    readDedupe(dedupe, what),
    readWindow("throttle", throttle, what),
    readWindow("debounce", debounce, what),
  ];
  const [naming, other] = set.filter((each) => each !== undefined);
  if (naming !== undefined && other !== undefined) throw exclusive(naming.kind, other.kind, what);
  return naming;
}

/**
 * Returns the way one push gets its name. All ways exclude each other, also when one is set by the definition and another by the
 * push: if one silently replaced the other, a named push would bypass the definition's throttle.
 *
 * @throws TypeError if an option is invalid, or if more than one way is set
 */
export function namingOf(
  definition: Naming | undefined,
  { dedupe, name }: { readonly dedupe?: boolean | DedupeOptions | undefined; readonly name?: unknown },
  what: string,
): Naming | undefined {
  const own = readDedupe(dedupe, what);
  const inherited = definition?.kind === "dedupe" && dedupe !== undefined ? undefined : definition;
  const conflicting = name === undefined ? own : { kind: "name" };
  if (inherited !== undefined && conflicting !== undefined) throw ofDefinition(conflicting.kind, inherited.kind, what);
  if (own !== undefined && name !== undefined) throw exclusive("name", own.kind, what);
  return own ?? inherited;
}

function exclusive(one: string, other: string, what: string): TypeError {
  return new TypeError(`${what}: \`${one}\` and \`${other}\` exclude each other, because each sets the task's name`);
}

function ofDefinition(option: string, inherited: Naming["kind"], what: string): TypeError {
  const remedy =
    inherited === "dedupe" ? "pass `dedupe: false` to turn that off" : `remove \`${option}\` from the push`;
  return new TypeError(
    `${exclusive(option, inherited, what).message}; the definition sets \`${inherited}\`: ${remedy}`,
  );
}

function readDedupe(dedupe: unknown, what: string): Naming | undefined {
  if (dedupe === undefined || dedupe === false) return undefined;
  if (dedupe === true) return { kind: "dedupe", windowMs: undefined };
  if (typeof dedupe !== "object" || dedupe === null) {
    throw new TypeError(`${what}: \`dedupe\` must be true, false or { window: "10m" }, received ${typeof dedupe}`);
  }
  rejectUnknownOptions(dedupe, ["window"], `${what}: dedupe`);
  const { window } = dedupe as DedupeOptions;
  return { kind: "dedupe", windowMs: window === undefined ? undefined : windowMs("dedupe", window, what) };
}

function readWindow(kind: "throttle" | "debounce", options: unknown, what: string): Naming | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    const received = options === null ? "null" : typeof options;
    throw new TypeError(`${what}: \`${kind}\` must be { key: "user-123", window: "1m" }, received ${received}`);
  }
  rejectUnknownOptions(options, ["key", "window"], `${what}: ${kind}`);
  const { key, window } = options as ThrottleOptions<never>;
  if (typeof key !== "function") checkKey(key, kind, what);
  return { kind, key, windowMs: windowMs(kind, window, what) };
}

/**
 * @param key - what was given as a key, or what a function of the payload returned
 * @param kind - which option it belongs to, for the message
 * @param what - whose it is, for the message
 * @returns the same
 * @throws TypeError where it is no string, or an empty one: pushes that have nothing to do with each other would share a run
 */
export function checkKey(key: unknown, kind: string, what: string): string {
  if (typeof key === "string" && key !== "") return key;
  throw new TypeError(`${what}: \`${kind}.key\` must be a non-empty string, received ${JSON.stringify(key)}`);
}

function windowMs(kind: Naming["kind"], window: Duration, what: string): number {
  const ms = Math.round(durationMs(window, `${what}: ${kind}.window`));
  if (ms >= MIN_WINDOW_MS && ms <= MAX_WINDOW_MS[kind]) return ms;
  const most = `${durationText(MAX_WINDOW_MS[kind])}`;
  throw new TypeError(`${what}: \`${kind}.window\` must be 1s to ${most}, received ${JSON.stringify(window)}`);
}
