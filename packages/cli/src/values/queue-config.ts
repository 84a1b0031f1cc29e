import type { QueueConfig } from "@cloudtask/emulator";
import { attempts, boolean, duration, formatValue, integer, type Reader, rate, record, text } from "./readers.ts";

type Routing = Required<NonNullable<QueueConfig["routing"]>>;

/** Readers of the settings of a queue, in a configuration file and in `--queue`. `routing` is not available in `--queue`. */
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
  paused: boolean,
};

const fields = record<Required<QueueConfig>>(queueConfigReaders);

/** Reads the name of a queue, or a map of its settings. */
export const queueConfig: Reader<QueueConfig> = (value, position) => {
  if (typeof value === "string") return { name: text(value, position) };
  if (typeof value !== "object")
    throw position.error(`expected the name of a queue, or a map of its settings; received ${formatValue(value)}`);
  const { name, ...settings } = fields(value, position);
  if (name === undefined) throw position.error("a queue needs a name");
  return { name, ...settings };
};
