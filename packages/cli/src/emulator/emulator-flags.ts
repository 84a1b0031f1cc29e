import type { FlagGroup } from "../args/flag.ts";
import { helpFlag } from "../args/flag.ts";
import { type HelpPage, helpText, twoColumns } from "../args/help-text.ts";

/** The options of `cloudtask emulator`. Each stands for the option of `createEmulator` that has the same name. */
export const emulatorFlags: readonly FlagGroup[] = [
  {
    title: "Where it listens",
    flags: [
      { name: "port", value: "PORT", help: "The port; 0 takes any that is free (default 8123)" },
      {
        name: "host",
        value: "ADDRESS",
        help: "The address (default 127.0.0.1, which nothing outside this machine reaches); 0.0.0.0 in a container",
      },
      {
        name: "allowed-host",
        value: "NAME",
        help: "A name that clients call it by, such as its service in Docker Compose; repeatable",
      },
      {
        name: "issuer",
        value: "URL",
        help: "The issuer of its OIDC tokens, by which verifiers find its keys (default: the URL that it listens on)",
      },
    ],
  },
  {
    title: "What it keeps",
    flags: [
      {
        name: "data",
        value: "DIR",
        help: "Where queues and tasks are kept, so that they survive a restart and a crash (default .cloudtask)",
      },
      { name: "memory", help: "Keep everything in memory, gone when it stops" },
      { name: "history", value: "N", help: "How many attempts that are over it remembers (default 10000)" },
    ],
  },
  {
    title: "Queues",
    flags: [
      {
        name: "queue",
        value: "NAME[,KEY=VALUE…]",
        help: "A queue to start with, see below; repeatable (default: one named default)",
      },
      { name: "auto-create-queues", help: "Create the queue of a task where it does not exist, rather than fail" },
      { name: "project", value: "ID", help: "The project of queues given by their id (default local-project)" },
      { name: "location", value: "ID", help: "Their location (default us-central1)" },
    ],
  },
  {
    title: "Where tasks go",
    flags: [
      {
        name: "rewrite-host",
        value: "FROM=TO",
        help: "Send what is for one host to another, such as localhost=host.docker.internal; repeatable",
      },
      {
        name: "app-engine",
        value: "[SERVICE=]URL",
        help: "Where App Engine tasks go: those of a service, or of all that have no URL of their own; repeatable",
      },
    ],
  },
  {
    title: "How it behaves",
    flags: [
      { name: "task-cooldown", value: "TIME", help: "How long a used task name stays taken (default 1h)" },
      { name: "queue-cooldown", value: "TIME", help: "How long a deleted queue's name stays taken (default 0)" },
      { name: "throttling", help: "Slow a queue down while its targets answer 429 or 503, or fail often" },
      { name: "config", value: "FILE", help: "YAML or JSON with these options, or App Engine's queue.yaml" },
    ],
  },
  {
    title: "What it prints",
    flags: [
      { name: "json", help: "Exactly one line when it is ready: a JSON object with url, host, project, queues" },
      { name: "quiet", short: "q", help: "Nothing but errors" },
      { name: "verbose", help: "Also when an attempt starts, and where an error comes from" },
      helpFlag,
    ],
  },
];

const page: HelpPage = {
  usage: "cloudtask emulator [options]",
  intro: [
    "Runs an emulator of Google Cloud Tasks on this machine. It answers clients as the real service does, calls your endpoints for real, and needs no cloud account. Ctrl-C stops it.",
  ],
  groups: emulatorFlags,
  outro: [
    "Keys of --queue, all optional:",
    ...twoColumns("rate=5", "Dispatches per second, also 100/m (default 500)"),
    ...twoColumns("concurrency=2", "Attempts at a time (default 1000)"),
    ...twoColumns("burst=10", "How many may go out at once after a rest (default: a fifth of the rate, at least 10)"),
    ...twoColumns("max-attempts=3", "Attempts of a task, -1 for no limit (default 100)"),
    ...twoColumns("max-retry-duration=1h", "Retry for at least as long (default 0)"),
    ...twoColumns("min-backoff=1s", "The wait before the first retry (default 100ms)"),
    ...twoColumns("max-backoff=5m", "The longest wait before a retry (default 1h)"),
    ...twoColumns("max-doublings=4", "How often the wait doubles before it grows evenly (default 16)"),
    ...twoColumns("paused=true", "Start it paused"),
    "A queue's routing, for App Engine tasks, is set in the file of --config.",
    "",
    "Times are written 250ms, 30s, 10m, 1.5h or 7d. Options given here beat those of the file.",
    "",
    "Examples:",
    "  cloudtask emulator --memory --queue mail,rate=5,max-attempts=3 --queue slow,concurrency=1",
    "  cloudtask emulator --config queue.yaml --app-engine http://localhost:8080",
  ],
};

/** What `cloudtask emulator --help` prints. */
export function emulatorHelp(): string {
  return helpText(page);
}
