import { refuseUnknown } from "../../core/check-options.ts";
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

/** Which pushes share a run, and over what time. */
export interface KeyedWindow {
  /** Pushes of a definition with the same key share a run. */
  readonly key: string;
  /** `throttle`: 1 s to 30 days. `debounce`: 1 s to 15 days. */
  readonly window: Duration;
}

/** Checked as a method is, so that a parameter which says its own type fits also where the payload's is not known yet. */
type KeyOf<Payload> = { of(payload: Payload): string }["of"];

/** Which pushes of a definition share a run, and over what time. */
export interface PayloadWindow<Payload> {
  /** Pushes with the same key share a run: one for all of them, or a function of the payload as it is pushed. */
  readonly key: string | KeyOf<Payload>;
  /** `throttle`: 1 s to 30 days. `debounce`: 1 s to 15 days. */
  readonly window: Duration;
}

/** What a definition or a push may say of it. */
export interface NamingOptions {
  readonly dedupe?: boolean | DedupeOptions | undefined;
  readonly throttle?: PayloadWindow<never> | false | undefined;
  readonly debounce?: PayloadWindow<never> | false | undefined;
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
 * @param options - of a definition or a push
 * @param what - whose they are, for the message
 * @returns the one that is asked for
 * @throws TypeError where one is wrong, or there are two
 */
export function readNaming({ dedupe, throttle, debounce }: NamingOptions, what: string): Naming | undefined {
  if (dedupe === undefined && throttle === undefined && debounce === undefined) return undefined;
  const asked = [
    readDedupe(dedupe, what),
    readWindow("throttle", throttle, what),
    readWindow("debounce", debounce, what),
  ];
  const [naming, other] = asked.filter((each) => each !== undefined);
  if (naming !== undefined && other !== undefined) throw both(naming.kind, other.kind, what);
  return naming;
}

/**
 * What names one push. A name and a way to make one exclude each other, also where the one is the definition's and the
 * other the push's own: whichever won, the other would silently not hold.
 *
 * @param definition - the definition's
 * @param options - the push's own
 * @param what - the push, for the message
 * @returns the way its name is made; `undefined` where there is none
 * @throws TypeError where one is wrong, or there are two
 */
export function namingOf(
  definition: Naming | undefined,
  options: NamingOptions & { readonly name?: unknown },
  what: string,
): Naming | undefined {
  const own = readNaming(options, what);
  const inherited = definition !== undefined && options[definition.kind] === undefined ? definition : undefined;
  if (own !== undefined && inherited !== undefined) throw both(own.kind, inherited.kind, what, inherited.kind);
  const naming = own ?? inherited;
  if (naming !== undefined && options.name !== undefined) throw both("name", naming.kind, what, inherited?.kind);
  return naming;
}

function both(one: string, other: string, what: string, inherited?: string): TypeError {
  const remedy =
    inherited === undefined ? "" : `; the definition says ${inherited}, and \`${inherited}: false\` lifts that`;
  return new TypeError(`${what}: ${one} and ${other} exclude each other, since each decides the task's name${remedy}`);
}

function readDedupe(dedupe: unknown, what: string): Naming | undefined {
  if (dedupe === undefined || dedupe === false) return undefined;
  if (dedupe === true) return { kind: "dedupe", windowMs: undefined };
  if (typeof dedupe !== "object" || dedupe === null) {
    throw new TypeError(`${what}: dedupe must be true, false or { window: "10m" }, received ${typeof dedupe}`);
  }
  refuseUnknown(dedupe, ["window"], `${what}: dedupe`);
  const { window } = dedupe as DedupeOptions;
  return { kind: "dedupe", windowMs: window === undefined ? undefined : windowMs("dedupe", window, what) };
}

function readWindow(kind: "throttle" | "debounce", given: unknown, what: string): Naming | undefined {
  if (given === undefined || given === false) return undefined;
  if (typeof given !== "object" || given === null) {
    throw new TypeError(
      `${what}: ${kind} must be false or { key: "user-123", window: "1m" }, received ${typeof given}`,
    );
  }
  refuseUnknown(given, ["key", "window"], `${what}: ${kind}`);
  const { key, window } = given as PayloadWindow<never>;
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
  throw new TypeError(
    `${what}: the key of ${kind} must be a string that is not empty, received ${JSON.stringify(key)}`,
  );
}

function windowMs(kind: Naming["kind"], window: Duration, what: string): number {
  const ms = Math.round(durationMs(window, `${what}: the window of ${kind}`));
  if (ms >= MIN_WINDOW_MS && ms <= MAX_WINDOW_MS[kind]) return ms;
  const most = `${durationText(MAX_WINDOW_MS[kind])}`;
  throw new TypeError(`${what}: the window of ${kind} must be 1s to ${most}, received ${JSON.stringify(window)}`);
}
