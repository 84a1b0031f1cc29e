/** Source: `Task.name` in google/cloud/tasks/v2/task.proto. */
const MAX_ID_LENGTH = 500;

/** 64 bits, so that two names that differ only in what an id cannot hold never meet. */
const PREFIX_BYTES = 8;

/** 128 bits: there may be as many of these ids as there are tasks, and where two met, one task would silently be lost. */
const DERIVED_BYTES = 16;

/** What an id is derived from, where nobody named the task. It begins the readable part. */
export type DerivedKind = "dedupe" | "throttle" | "debounce" | "deferred";

/**
 * The id under which a named task is created: a hash, so that ids are spread (Google warns that sequential ones cost
 * latency), then the name as far as an id can hold it, for whoever reads the console. The hash covers the definition too:
 * two definitions may use one name without one swallowing the other's task.
 *
 * Source on spread: `Task.name` in google/cloud/tasks/v2/task.proto.
 *
 * @param definition - the name of the task definition
 * @param name - any string
 * @returns a valid task id, the same for the same arguments
 */
export async function taskIdFor(definition: string, name: string): Promise<string> {
  return hashed(`${definition}\n${name}`, PREFIX_BYTES, name);
}

/**
 * The id of a task that is named by something about it: its payload, its key and window, the delivery that pushed it. It
 * never is one that `taskIdFor` makes: what is hashed there begins with the name of a definition, and none begins with `[`.
 *
 * @param kind - by what
 * @param parts - what the id stands for, all of it, the definition among them
 * @param readable - what of it a person would like to see
 * @returns a valid task id, the same for the same kind and parts
 */
export async function derivedTaskId(kind: DerivedKind, parts: readonly unknown[], readable: string): Promise<string> {
  return hashed(JSON.stringify([kind, ...parts]), DERIVED_BYTES, `${kind}-${readable}`);
}

async function hashed(text: string, prefixBytes: number, name: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const readable = name.replace(/[^A-Za-z0-9_-]+/g, "-");
  return `${hex(hash.subarray(0, prefixBytes))}-${readable}`.slice(0, MAX_ID_LENGTH);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
