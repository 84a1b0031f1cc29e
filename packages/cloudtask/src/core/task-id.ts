/** Source: `Task.name` in google/cloud/tasks/v2/task.proto. */
const MAX_ID_LENGTH = 500;

/** 64 bits: enough to distinguish two names that differ only in characters that an id cannot contain. */
const PREFIX_BYTES = 8;

/** 128 bits: there may be one such id for every task, and a collision would silently lose a task. */
const DERIVED_BYTES = 16;

/** The source of a derived id. The readable part of the id starts with it. */
export type DerivedKind = "dedupe" | "throttle" | "debounce" | "deferred" | "dead" | "redrive";

/**
 * Returns the id of a named task: a hash, then the readable part of the name, for people who read the console. The hash spreads
 * the ids, because sequential ids increase latency. It covers the definition too, so two definitions can use the same name.
 *
 * Source on latency: `Task.name` in google/cloud/tasks/v2/task.proto.
 *
 * @param definition - the name of the task definition
 * @param name - any string
 * @returns a valid task id, the same for the same arguments
 */
export async function taskIdFor(definition: string, name: string): Promise<string> {
  return hashedId(`${definition}\n${name}`, PREFIX_BYTES, name);
}

/**
 * Returns the id of a task that is derived from its payload, from its key and window, or from the delivery that pushed it. It
 * never equals an id of `taskIdFor()`: that hashes a text that starts with the name of a definition, and no name starts
 * with `[`.
 *
 * @param kind - the source of the id
 * @param parts - all values that identify the task, including the definition
 * @param readable - the part that people can read
 * @returns a valid task id, the same for the same kind and parts
 */
export async function derivedTaskId(kind: DerivedKind, parts: readonly unknown[], readable: string): Promise<string> {
  return hashedId(JSON.stringify([kind, ...parts]), DERIVED_BYTES, `${kind}-${readable}`);
}

async function hashedId(text: string, prefixBytes: number, name: string): Promise<string> {
  const prefix = Array.from(new Uint8Array(await hashOf(text), 0, prefixBytes), hex).join("");
  return `${prefix}-${name.replace(/[^A-Za-z0-9_-]+/g, "-")}`.slice(0, MAX_ID_LENGTH);
}

/**
 * The hashes in progress. Pushes with the same name share one, so they continue in the order in which they began: Node computes
 * hashes in several threads, and the second push would otherwise sometimes be the one that creates the task.
 */
const hashing = new Map<string, Promise<ArrayBuffer>>();

function hashOf(text: string): Promise<ArrayBuffer> {
  const hash =
    hashing.get(text) ??
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).finally(() => hashing.delete(text));
  hashing.set(text, hash);
  return hash;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
