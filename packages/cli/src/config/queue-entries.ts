import { listOf, type Reader } from "../values/readers.ts";
import type { QueueEntry } from "./config.ts";

/**
 * @param item - reads one queue
 * @returns a reader of a file's queues, each of which has a name of its own
 */
export function queueEntries(item: Reader<QueueEntry>): Reader<QueueEntry[]> {
  return (value, place) => {
    const queues = listOf(item)(value, place);
    const names = queues.map(({ config }) => config.name);
    const twin = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twin !== -1) throw place.child(twin).refuse(`queue ${names[twin]} is there twice`);
    return queues;
  };
}
