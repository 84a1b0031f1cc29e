import type { EmulatorQueueSettings, EmulatorQueues } from "@cloudtask/emulator";
import type { SettingPosition, YamlFile } from "cloudtask/internal";
import { ratePerSecond } from "cloudtask/internal";
import { ageLimitMs } from "../values/rate.ts";
import { formatValue, integer, listOf, number, type Reader, record, text } from "../values/readers.ts";
import type { Config } from "./config.ts";

// https://cloud.google.com/appengine/docs/standard/reference/queueref documents the keys. `gcloud app deploy queue.yaml`
// converts them to a queue of Cloud Tasks in googlecloudsdk/command_lib/tasks/app_deploy_migration_util.py.

interface RetryParameters {
  readonly task_retry_limit: number;
  readonly task_age_limit: number;
  readonly min_backoff_seconds: number;
  readonly max_backoff_seconds: number;
  readonly max_doublings: number;
}

interface Entry {
  readonly name: string;
  readonly rate: number;
  readonly bucket_size: number;
  readonly max_concurrent_requests: number;
  readonly mode: string;
  readonly target: NonNullable<EmulatorQueueSettings["routing"]>;
  readonly retry_parameters: Partial<RetryParameters>;
  readonly acl: never;
}

const MIN_BACKOFF_SECONDS = 0.1;
const MAX_BACKOFF_SECONDS = 3_600;
const BUCKET_SIZE = 5;

/** App Engine creates this queue if the file does not contain it. */
const defaultQueue: EmulatorQueueSettings = { rate: 5, burst: BUCKET_SIZE, retry: { maxAttempts: -1 } };

type RetrySettings = NonNullable<EmulatorQueueSettings["retry"]>;

interface NamedQueue {
  readonly name: string;
  readonly settings: EmulatorQueueSettings;
}

const queueName: Reader<string> = (value, position) => {
  const name = text(value, position);
  if (/^[A-Za-z0-9-]{1,100}$/.test(name)) return name;
  throw position.error(`expected 1 to 100 letters, digits and hyphens; received ${formatValue(name)}`);
};

const rate: Reader<number> = (value, position) => {
  const perSecond = typeof value === "string" && value.includes("/") ? ratePerSecond(value) : undefined;
  if (perSecond !== undefined && perSecond <= 500) return perSecond;
  if (value === 0) return 0;
  throw position.error(
    `expected a rate such as 5/s, 100/m, 10/h or 1/d, at most 500/s; received ${formatValue(value)}`,
  );
};

const ageLimit: Reader<number> = (value, position) => {
  const ms = ageLimitMs(String(value));
  if (ms !== undefined && ms > 0) return ms;
  throw position.error(`expected a duration of more than 0, such as 30m, 12h or 2d; received ${formatValue(value)}`);
};

const mode: Reader<string> = (value, position) => {
  if (value === "push") return value;
  if (value !== "pull") throw position.error(`expected push; received ${formatValue(value)}`);
  throw position.error("Cloud Tasks has no pull queues; remove this queue, and use Pub/Sub instead");
};

const target: Reader<Entry["target"]> = (value, position) => {
  const [, version, service = ""] = /^(?:([a-z0-9-]+)\.)?([a-z0-9-]+)$/.exec(text(value, position)) ?? [];
  if (service !== "") return version === undefined ? { service } : { service, version };
  throw position.error(`expected SERVICE or VERSION.SERVICE; received ${formatValue(value)}`);
};

const acl: Reader<never> = (_, position) => {
  throw position.error("access lists are for pull queues, which Cloud Tasks does not have; remove this key");
};

const entry = record<Entry>({
  name: queueName,
  rate,
  bucket_size: integer(0, 500),
  max_concurrent_requests: integer(0),
  mode,
  target,
  retry_parameters: record<RetryParameters>({
    task_retry_limit: integer(0),
    task_age_limit: ageLimit,
    min_backoff_seconds: number,
    max_backoff_seconds: number,
    max_doublings: integer(0),
  }),
  acl,
});

const queue: Reader<NamedQueue> = (value, position) => {
  const { name, rate: perSecond, retry_parameters: retry = {}, ...rest } = entry(value, position);
  if (name === undefined) throw position.error("a queue needs a name");
  if (perSecond === undefined) throw position.error(`queue ${name} needs a rate, such as rate: 5/s`);
  const settings = {
    // A rate of 0 pauses the queue. It gets the default rate, for the time after it is resumed.
    ...(perSecond > 0 ? { rate: perSecond } : { paused: true }),
    burst: rest.bucket_size || BUCKET_SIZE,
    concurrency: Math.min(rest.max_concurrent_requests || 1_000, 5_000),
    retry: { ...attemptsOf(retry), ...backoffOf(retry, position.child("retry_parameters")) },
    ...(rest.target ? { routing: rest.target } : {}),
  };
  return { name, settings };
};

/** Without a limit, tasks are retried forever. With two limits, retries end after both are reached. */
function attemptsOf(retry: Partial<RetryParameters>): RetrySettings {
  const { task_retry_limit: retries, task_age_limit: age } = retry;
  if (age === undefined) return { maxAttempts: retries === undefined ? -1 : retries + 1 };
  // The first attempt reaches a limit of 1, so only the age decides.
  return { maxAttempts: (retries ?? 0) + 1, maxRetryDuration: Math.ceil(age / 1_000) * 1_000 };
}

/** A missing backoff adapts to the other one. */
function backoffOf(retry: Partial<RetryParameters>, position: SettingPosition): RetrySettings {
  const { min_backoff_seconds: least, max_backoff_seconds: most, max_doublings: maxDoublings } = retry;
  if (least && most && least > most) {
    throw position.error(`min_backoff_seconds (${least}) must not exceed max_backoff_seconds (${most})`);
  }
  const max = most || Math.max(MAX_BACKOFF_SECONDS, least || 0);
  return {
    minBackoff: Math.round((least || Math.min(MIN_BACKOFF_SECONDS, max)) * 1_000),
    maxBackoff: Math.round(max * 1_000),
    // The API counts a 0 as missing, so the default applies.
    ...(maxDoublings ? { maxDoublings } : {}),
  };
}

const anything: Reader<unknown> = (value) => value;

/** Reads a list of queues with unique names. */
const queues: Reader<EmulatorQueues> = (value, position) => {
  const list = listOf(queue)(value ?? [], position);
  const names = list.map(({ name }) => name);
  const twin = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twin !== -1) throw position.child(twin).error(`queue ${names[twin]} is listed twice`);
  return Object.fromEntries(list.map(({ name, settings }) => [name, settings]));
};

const file = record<{ queue: EmulatorQueues; total_storage_limit: unknown; resume_paused_queues: unknown }>({
  queue: queues,
  // Settings of Google's storage and of the upload, which the emulator does not have.
  total_storage_limit: anything,
  resume_paused_queues: anything,
});

/**
 * Reads the queues of an App Engine app as `gcloud app deploy` does.
 *
 * @throws UsageError with the position of an invalid value
 */
export function readQueueYaml({ value, root }: YamlFile): Config {
  const { queue: described = {} } = file(value, root);
  return { options: {}, memory: false, queues: { default: defaultQueue, ...described } };
}
