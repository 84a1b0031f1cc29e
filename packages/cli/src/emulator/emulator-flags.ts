import { splitList } from "../command-line/environment.ts";
import type { FlagGroup } from "../command-line/flag.ts";
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
    ],
  },
];
