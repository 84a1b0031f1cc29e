/** Source: `Task.name` in google/cloud/tasks/v2/task.proto. */
const MAX_ID_LENGTH = 500;

/** 64 bits, so that two names that differ only in what an id cannot hold never meet. */
const PREFIX_BYTES = 8;

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
  const bytes = new TextEncoder().encode(`${definition}\n${name}`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const readable = name.replace(/[^A-Za-z0-9_-]+/g, "-");
  return `${hex(hash.subarray(0, PREFIX_BYTES))}-${readable}`.slice(0, MAX_ID_LENGTH);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
