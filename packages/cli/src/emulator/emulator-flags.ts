import { splitList } from "../args/environment-flags.ts";
import { type FlagGroup, helpFlag } from "../args/flag.ts";
import { type HelpPage, helpText, twoColumns } from "../args/help-text.ts";
import { splitQueues } from "./queue-flag.ts";

/**
 * The options of `cloudtask emulator`. `createEmulator()` has an option of the same name for each. Each can also be set by the
 * environment variable that `variableOf()` returns.
 */
export const emulatorFlags: readonly FlagGroup[] = [
  {
    title: "Network",
    flags: [
      { name: "port", value: "PORT", help: "The port; 0 for any free port (default 8123)" },
      {
        name: "host",
        value: "ADDRESS",
        help: "The address to listen on (default 127.0.0.1, not reachable from other machines); 0.0.0.0 in a container",
      },
      {
        name: "allowed-host",
        split: splitList,
        value: "NAME",
        help: "A host name that clients use, such as the name of a service in Docker Compose; repeatable",
      },
      {
        name: "issuer",
        value: "URL",
        help: "The issuer of OIDC tokens, at which verifiers find the keys (default: the URL of the emulator)",
      },
    ],
  },
  {
    title: "Storage",
    flags: [
      {
        name: "data",
        value: "DIR",
        help: "The directory of queues and tasks, which survive restarts and crashes (default .cloudtask)",
      },
      { name: "memory", excludes: "data", help: "Keep everything in memory; it is lost when the emulator stops" },
      { name: "history", value: "N", help: "The number of finished attempts to remember (default 10000)" },
      {
        name: "secret-name",
        value: "NAME",
        split: splitList,
        help: "A header or field whose value the history masks, besides those with names like token or password; repeatable",
      },
    ],
  },
  {
    title: "Queues",
    flags: [
      {
        name: "queue",
        split: splitQueues,
        value: "NAME[,KEY=VALUE…]",
        help: "A queue to create at the start, see below; repeatable (default: one queue named default)",
      },
      { name: "auto-create-queues", help: "Create a missing queue when a task is created in it, instead of failing" },
      { name: "project", value: "ID", help: "The project of queues without a full name (default local-project)" },
      { name: "location", value: "ID", help: "The location of queues without a full name (default us-central1)" },
    ],
  },
  {
    title: "Targets",
    flags: [
      {
        name: "rewrite-host",
        split: splitList,
        value: "FROM=TO",
        help: "Connect to another host, such as localhost=host.docker.internal; the Host header stays; repeatable",
      },
      {
        name: "target-ca",
        value: "FILE",
        help: "A PEM file with certificate authorities to trust, for https targets with your own certificates",
      },
      { name: "allow-unverified-tls", help: "Accept any certificate of https targets, such as a self-signed one" },
      {
        name: "app-engine",
        split: splitList,
        value: "[SERVICE=]URL",
        help: "The URL for App Engine tasks of a service, or of all other services; repeatable",
      },
    ],
  },
  {
    title: "Behavior",
    flags: [
      {
        name: "task-cooldown",
        value: "TIME",
        help: "How long a used task name stays taken (default 1h)",
      },
      { name: "queue-cooldown", value: "TIME", help: "How long a deleted queue name stays taken (default 0)" },
      { name: "throttling", help: "Slow down a queue while its targets answer 429 or 503, or fail often" },
      { name: "config", value: "FILE", help: "A YAML or JSON file with these options, or App Engine's queue.yaml" },
    ],
  },
  {
    title: "Output",
    flags: [
      { name: "json", help: "Print exactly one line when ready: a JSON object with url, host, project, queues" },
      { name: "quiet", short: "q", help: "Print only errors" },
      { name: "verbose", help: "Also print starting attempts and the stack traces of errors" },
      helpFlag,
    ],
  },
];

const page: HelpPage = {
  usage: "cloudtask emulator [options]",
  intro: [
    "Runs a Google Cloud Tasks emulator on this machine. It answers clients as the real service does, and delivers tasks to your endpoints. It needs no cloud account. Ctrl-C stops it.",
  ],
  groups: emulatorFlags,
  hasVariables: true,
  outro: [
    "Keys of --queue, all optional:",
    ...twoColumns("rate=5", "Dispatches per second, or per minute as in 100/m (default 500)"),
    ...twoColumns("concurrency=2", "Attempts at the same time (default 1000)"),
    ...twoColumns("burst=10", "Dispatches at once after an idle time (default: a fifth of the rate, at least 10)"),
    ...twoColumns("max-attempts=3", "Attempts per task, -1 for no limit (default 100)"),
    ...twoColumns("max-retry-duration=1h", "Retry for at least this time (default: no limit)"),
    ...twoColumns("min-backoff=1s", "The wait before the first retry (default 100ms)"),
    ...twoColumns("max-backoff=5m", "The longest wait before a retry (default 1h)"),
    ...twoColumns("max-doublings=4", "How often the wait doubles before it grows linearly (default 16)"),
    ...twoColumns("task-ttl=20d", "The age at which a task is deleted (default 31d)"),
    ...twoColumns("dead-letter=mail-dead", "The queue of discarded tasks; it must be another queue, with paused=true"),
    ...twoColumns("shards=4", "Create mail-0 to mail-3 instead of mail"),
    ...twoColumns("paused=true", "Create the queue paused"),
    "Use a --config file to set the target, the logging and the App Engine routing of a queue.",
    "",
    "Times: 250ms, 30s, 10m, 1.5h, 7d.",
    "",
    "An option can also be set by its environment variable, in brackets above: CLOUDTASK_MEMORY=true,",
    "CLOUDTASK_QUEUE=default,mail,rate=5. Commas or line breaks separate the values of a repeatable",
    "option. The command line overrides the variables, and both override the file.",
    "",
    "Examples:",
    "  cloudtask emulator --memory --queue mail,rate=5,max-attempts=3 --queue slow,concurrency=1",
    "  cloudtask emulator --config queue.yaml --app-engine http://localhost:8080",
  ],
};

/** Returns the text of `cloudtask emulator --help`. */
export function emulatorHelp(): string {
  return helpText(page);
}
