import type { QueueConfig } from "@cloudtask/emulator";
import { listOf, type Reader } from "../values/readers.ts";

/**
 * @param item - reads one queue
 * @returns a reader of a file's queues, each of which has a name of its own
 */
export function queueConfigs(item: Reader<QueueConfig>): Reader<QueueConfig[]> {
  return (value, place) => {
    const queues = listOf(item)(value, place);
    const names = queues.map(({ name }) => name);
    const twin = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twin !== -1) throw place.child(twin).refuse(`queue ${names[twin]} is there twice`);
    return queues;
  };
}
