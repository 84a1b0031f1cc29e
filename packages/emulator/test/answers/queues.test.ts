import { type ExpectedError, type Fixture, invalid, LOCATION, QUEUE, runFixtures } from "./support/fixture.ts";
import { badQueueId, QUEUE_NAME, QUEUE_TAKEN } from "./support/messages.ts";

const NEW = `${LOCATION}/queues/new`;

function created(when: string, queue: object, answer: object): Fixture {
  return { when, call: ["createQueue", { parent: LOCATION, queue: { name: NEW, ...queue } }], answer };
}

const rejected = (config: object, error: ExpectedError): readonly Fixture[] => [
  {
    when: `CreateQueue with ${JSON.stringify(config)}`,
    call: ["createQueue", { parent: LOCATION, queue: { name: NEW, ...config } }],
    error,
  },
  {
    when: `UpdateQueue with ${JSON.stringify(config)}`,
    call: ["updateQueue", { queue: { name: QUEUE, ...config } }],
    error,
  },
];

const names: readonly Fixture[] = [
  { when: "CreateQueue without a queue", call: ["createQueue", { parent: LOCATION }], error: QUEUE_NAME },
  ...["", "new", LOCATION, `${NEW}/tasks/t`].map(
    (name): Fixture => ({
      when: `CreateQueue of ${JSON.stringify(name)}`,
      call: ["createQueue", { parent: LOCATION, queue: { name } }],
      error: QUEUE_NAME,
    }),
  ),
  {
    when: "CreateQueue of a bad id",
    call: ["createQueue", { parent: LOCATION, queue: { name: `${LOCATION}/queues/under_score` } }],
    error: badQueueId("under_score"),
  },
  {
    when: "CreateQueue of a name not under the parent",
    call: ["createQueue", { parent: LOCATION, queue: { name: "projects/p/locations/l/queues/q" } }],
    error: invalid(`projects/p/locations/l/queues/q must begin with ${LOCATION}.`),
  },
  {
    when: "CreateQueue of a queue that is there",
    call: ["createQueue", { parent: LOCATION, queue: { name: QUEUE } }],
    error: QUEUE_TAKEN,
  },
];

const limits: readonly (readonly [config: object, message: string])[] = [
  [{ rateLimits: { maxDispatchesPerSecond: -1 } }, "RateLimits.maxDispatchesPerSecond cannot be negative."],
  [
    { rateLimits: { maxDispatchesPerSecond: 501 } },
    "RateLimits.maxDispatchesPerSecond must be less than or equal to 500.",
  ],
  [{ rateLimits: { maxConcurrentDispatches: -1 } }, "RateLimits.maxConcurrentDispatches cannot be negative."],
  [
    { rateLimits: { maxConcurrentDispatches: 5001 } },
    "RateLimits.maxConcurrentDispatches must be less than or equal to 5000.",
  ],
  [{ stackdriverLoggingConfig: { samplingRatio: -0.1 } }, "sampling_ratio must be between 0.0 and 1.0."],
  [{ stackdriverLoggingConfig: { samplingRatio: 1.1 } }, "sampling_ratio must be between 0.0 and 1.0."],
  [{ stackdriverLoggingConfig: { samplingRatio: "NaN" } }, "sampling_ratio must be between 0.0 and 1.0."],
];

/** The rows about RetryConfig hold for queues and for tasks. */
const retryLimits: readonly (readonly [retryConfig: object, message: string])[] = [
  [{ maxAttempts: -2 }, "RetryConfig.maxAttempts must be greater or equal to -1."],
  [{ maxDoublings: -1 }, "RetryConfig.maxDoublings cannot be negative."],
  [{ minBackoff: "-1s" }, "RetryConfig.minBackoff cannot be negative."],
  [{ minBackoff: "-0.000000005s" }, "RetryConfig.minBackoff cannot be negative."],
  [{ maxBackoff: "-1s" }, "RetryConfig.maxBackoff cannot be negative."],
  [{ maxRetryDuration: "-1s" }, "RetryConfig.max_retry_duration.seconds cannot be negative."],
  [{ maxRetryDuration: "30.900s" }, "RetryConfig.max_retry_duration.nanos cannot be set."],
  [
    { minBackoff: "20s", maxBackoff: "10s" },
    "RetryConfig.minBackoff must be less than or equal to RetryConfig.maxBackoff.",
  ],
];

const taskLimits = retryLimits.map(
  ([retryConfig, message]): Fixture => ({
    when: `CreateTask with ${JSON.stringify(retryConfig)}`,
    call: ["createTask", { parent: QUEUE, task: { retryConfig, httpRequest: { url: "http://127.0.0.1:9/" } } }],
    error: invalid(message),
  }),
);

const defaults = {
  rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
  retryConfig: { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 },
  state: "RUNNING",
};

const settings: readonly Fixture[] = [
  { ...created("CreateQueue with nothing", {}, {}), exactly: { name: NEW, ...defaults } },
  {
    ...created(
      "CreateQueue with zeros",
      {
        rateLimits: { maxDispatchesPerSecond: 0, maxBurstSize: 0, maxConcurrentDispatches: 0 },
        retryConfig: { maxAttempts: 0, minBackoff: "0s", maxBackoff: "0s", maxDoublings: 0, maxRetryDuration: "0s" },
        stackdriverLoggingConfig: { samplingRatio: 0 },
        httpTarget: {},
      },
      {},
    ),
    exactly: { name: NEW, ...defaults, httpTarget: {} },
  },
  created(
    "CreateQueue with unlimited attempts",
    { retryConfig: { maxAttempts: -1 } },
    { retryConfig: { maxAttempts: -1 } },
  ),
  created(
    "CreateQueue with backoffs to the nanosecond",
    { retryConfig: { minBackoff: "1.234567891s", maxBackoff: "2.000000001s" } },
    { retryConfig: { minBackoff: "1.234567891s", maxBackoff: "2.000000001s" } },
  ),
  created(
    "CreateQueue with a sampling ratio",
    { stackdriverLoggingConfig: { samplingRatio: 0.5 } },
    { stackdriverLoggingConfig: { samplingRatio: 0.5 } },
  ),
  created("CreateQueue with output-only fields", { state: "PAUSED", purgeTime: "2020-01-01T00:00:00Z" }, defaults),
  created(
    "CreateQueue with a burst size of its own",
    { rateLimits: { maxDispatchesPerSecond: 10, maxBurstSize: 7 } },
    { rateLimits: { maxBurstSize: 10 } },
  ),
  ...[
    [0.5, 10],
    [2, 10],
    [10, 10],
    [54, 10],
    [77, 15],
    [100, 20],
    [333, 66],
    [500, 100],
  ].map(([rate, burst]) =>
    created(
      `CreateQueue with a rate of ${rate}`,
      { rateLimits: { maxDispatchesPerSecond: rate } },
      { rateLimits: { maxDispatchesPerSecond: rate, maxBurstSize: burst } },
    ),
  ),
];

runFixtures([
  ...names,
  ...limits.flatMap(([config, message]) => rejected(config, invalid(message))),
  ...retryLimits.flatMap(([retryConfig, message]) => rejected({ retryConfig }, invalid(message))),
  ...taskLimits,
  ...settings,
]);
