import type { QueueConfig } from "@cloudtask/emulator";
import { attempts, duration, integer, type Reader, rate, record, shown, text, truth } from "./readers.ts";

type Routing = Required<NonNullable<QueueConfig["routing"]>>;

/** What a queue can be told: in our own configuration file, and, save for its routing, after its name in `--queue`. */
export const queueConfigReaders: { readonly [K in keyof QueueConfig]-?: Reader<NonNullable<QueueConfig[K]>> } = {
  name: text,
  rate,
  concurrency: integer(1, 5_000),
  burst: integer(1, 500),
  maxAttempts: attempts,
  minBackoff: duration,
  maxBackoff: duration,
  maxDoublings: integer(0),
  maxRetryDuration: duration,
  routing: record<Routing>({ service: text, version: text, instance: text }),
  paused: truth,
};

const fields = record<Required<QueueConfig>>(queueConfigReaders);

/** A queue with its settings, or its name alone. */
export const queueConfig: Reader<QueueConfig> = (value, place) => {
  if (typeof value === "string") return { name: text(value, place) };
  if (typeof value !== "object")
    throw place.refuse(`expected a queue's name, or its settings; received ${shown(value)}`);
  const { name, ...settings } = fields(value, place);
  if (name === undefined) throw place.refuse("a queue needs a name");
  return { name, ...settings };
};
