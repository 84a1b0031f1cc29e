import type { QueueConfig } from "@cloudtask/emulator";
import type { Place } from "../values/place.ts";
import { ageLimitMs, ratePerSecond } from "../values/rate.ts";
import { integer, number, type Reader, record, shown, text } from "../values/readers.ts";
import type { Config } from "./config.ts";
import { queueConfigs } from "./queue-configs.ts";
import type { YamlFile } from "./yaml-file.ts";

// https://cloud.google.com/appengine/docs/standard/reference/queueref says what the keys mean; how `gcloud app deploy
// queue.yaml` makes a queue of Cloud Tasks of them stands in googlecloudsdk/command_lib/tasks/app_deploy_migration_util.py.

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
  readonly target: NonNullable<QueueConfig["routing"]>;
  readonly retry_parameters: Partial<RetryParameters>;
  readonly acl: never;
}

const MIN_BACKOFF_SECONDS = 0.1;
const MAX_BACKOFF_SECONDS = 3_600;
const BUCKET_SIZE = 5;

/** What App Engine gives to an app whose file does not name it. */
const defaultQueue: QueueConfig = { name: "default", rate: 5, burst: BUCKET_SIZE, maxAttempts: -1 };

const queueName: Reader<string> = (value, place) => {
  const name = text(value, place);
  if (/^[A-Za-z0-9-]{1,100}$/.test(name)) return name;
  throw place.refuse(`expected 1 to 100 letters, digits and hyphens; received ${shown(name)}`);
};

const rate: Reader<number> = (value, place) => {
  const perSecond = typeof value === "string" && value.includes("/") ? ratePerSecond(value) : undefined;
  if (perSecond !== undefined && perSecond <= 500) return perSecond;
  if (value === 0) return 0;
  throw place.refuse(`expected a rate such as 5/s, 100/m, 10/h or 1/d, at most 500/s; received ${shown(value)}`);
};

const ageLimit: Reader<number> = (value, place) => {
  const ms = ageLimitMs(String(value));
  if (ms !== undefined && ms > 0) return ms;
  throw place.refuse(`expected a length of time such as 30m, 12h or 2d, more than 0; received ${shown(value)}`);
};

const mode: Reader<string> = (value, place) => {
  if (value === "push") return value;
  if (value !== "pull") throw place.refuse(`expected push; received ${shown(value)}`);
  throw place.refuse("Cloud Tasks has no pull queues; use Pub/Sub for them, and take this queue out of the file");
};

const target: Reader<Entry["target"]> = (value, place) => {
  const [, version, service = ""] = /^(?:([a-z0-9-]+)\.)?([a-z0-9-]+)$/.exec(text(value, place)) ?? [];
  if (service !== "") return version === undefined ? { service } : { service, version };
  throw place.refuse(`expected a service of the app, or version.service; received ${shown(value)}`);
};

const acl: Reader<never> = (_, place) => {
  throw place.refuse("an access list is for pull queues, which Cloud Tasks does not have; remove it");
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

const queue: Reader<QueueConfig> = (value, place) => {
  const { name, rate: perSecond, retry_parameters: retry = {}, ...rest } = entry(value, place);
  if (name === undefined) throw place.refuse("a queue needs a name");
  if (perSecond === undefined) throw place.refuse(`queue ${name} needs a rate, such as rate: 5/s`);
  return {
    name,
    // A queue with a rate of 0 is paused; once it is resumed it has to have one.
    ...(perSecond > 0 ? { rate: perSecond } : { paused: true }),
    burst: rest.bucket_size || BUCKET_SIZE,
    concurrency: Math.min(rest.max_concurrent_requests || 1_000, 5_000),
    ...attemptsOf(retry),
    ...backoffOf(retry, place.child("retry_parameters")),
    ...(rest.target ? { routing: rest.target } : {}),
  };
};

/** Without a limit tasks are retried for good; of two limits both have to be reached. */
function attemptsOf(retry: Partial<RetryParameters>): Pick<QueueConfig, "maxAttempts" | "maxRetryDuration"> {
  const { task_retry_limit: retries, task_age_limit: age } = retry;
  if (age === undefined) return { maxAttempts: retries === undefined ? -1 : retries + 1 };
  // The first attempt reaches a limit of 1, so that the age alone decides.
  return { maxAttempts: (retries ?? 0) + 1, maxRetryDuration: age };
}

/** A backoff that is not said gives way to the other. */
function backoffOf(
  retry: Partial<RetryParameters>,
  place: Place,
): Pick<QueueConfig, "minBackoff" | "maxBackoff" | "maxDoublings"> {
  const { min_backoff_seconds: least, max_backoff_seconds: most, max_doublings: maxDoublings } = retry;
  if (least && most && least > most) {
    throw place.refuse(`min_backoff_seconds, ${least}, is more than max_backoff_seconds, ${most}`);
  }
  const max = most || Math.max(MAX_BACKOFF_SECONDS, least || 0);
  return {
    minBackoff: Math.round((least || Math.min(MIN_BACKOFF_SECONDS, max)) * 1_000),
    maxBackoff: Math.round(max * 1_000),
    ...(maxDoublings === undefined ? {} : { maxDoublings }),
  };
}

const anything: Reader<unknown> = (value) => value;

const file = record<{ queue: QueueConfig[]; total_storage_limit: unknown; resume_paused_queues: unknown }>({
  queue: (value, place) => queueConfigs(queue)(value ?? [], place),
  // They speak of Google's storage and of an upload: nothing that an emulator has.
  total_storage_limit: anything,
  resume_paused_queues: anything,
});

/**
 * Reads the queues of an App Engine app, as Google reads them.
 *
 * @throws UsageError that points at what is wrong
 */
export function readQueueYaml({ value, root }: YamlFile): Config {
  const { queue: queues = [] } = file(value, root);
  const hasDefault = queues.some(({ name }) => name === "default");
  return { options: {}, memory: false, queues: hasDefault ? queues : [defaultQueue, ...queues] };
}
