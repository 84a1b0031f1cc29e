import type { QueueConfig } from "@cloudtask/emulator";
import { listOf, type Reader } from "../values/readers.ts";

/** Creates a reader of a list of queues with unique names. */
export function uniqueQueues(item: Reader<QueueConfig>): Reader<QueueConfig[]> {
  return (value, position) => {
    const queues = listOf(item)(value, position);
    const names = queues.map(({ name }) => name);
    const twin = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twin !== -1) throw position.child(twin).error(`queue ${names[twin]} is listed twice`);
    return queues;
  };
}
