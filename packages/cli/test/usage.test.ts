import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runHere } from "./support/run-here.ts";

const overview = [
  "Usage: cloudtask <command> [options]",
  "emulator",
  "advance",
  "idle",
  "reset",
  "--version",
  "Begin with cloudtask queues list",
];
const emulator = [
  "Usage: cloudtask emulator [options]",
  "--port PORT",
  "--queue NAME[,KEY=VALUE…]",
  "max-attempts=3",
  "paused=true",
];

const NAMES =
  "emulator, exec, dev, advance, idle, reset, queues, tasks, dead, failures, attempts, logs, faults, dashboard, doctor, mcp, complete, help, version";

test.each([
  [["--help"], overview],
  [["-h"], overview],
  [["help"], overview],
  [["help", "emulator"], emulator],
  [["emulator", "--help"], emulator],
  [["emulator", "--port", "0", "-h"], emulator],
  [
    ["advance", "--help"],
    ["Usage: cloudtask advance TIME [options]", "--emulator [HOST:PORT]"],
  ],
  [["idle", "--help"], ["Usage: cloudtask idle [options]"]],
  [["reset", "--help"], ["Usage: cloudtask reset [options]"]],
  [["dev", "--help"], ["Usage: cloudtask dev [options] -- COMMAND..."]],
  [["dead", "--help"], ["Run cloudtask dead <command> --help for the options of a command."]],
  [["dead", "list", "--help"], ["Usage: cloudtask dead list [QUEUE] [options]"]],
  [["dead", "redrive", "--help"], ["Usage: cloudtask dead redrive QUEUE [options]"]],
  [["tasks", "run", "--help"], ["Usage: cloudtask tasks run [TASK...] [options]"]],
  [
    ["logs", "--help"],
    ["Options:\n  -f, --follow", "  -h, --help"],
  ],
])("cloudtask %s prints help on stdout, in at most 100 columns", async (args, expected) => {
  const { code, out, err } = await runHere(...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const part of expected) expect(out).toContain(part);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("the help of the emulator names every option once, with its default", async () => {
  const { out } = await runHere("emulator", "--help");
  const options = [...out.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name);
  expect(options).toEqual([
    ...[
      "port",
      "host",
      "allowed-host",
      "issuer",
      "data",
      "memory",
      "history",
      "secret-name",
      "queue",
      "auto-create-queues",
      "project",
    ],
    ...[
      "location",
      "rewrite-host",
      "target-ca",
      "allow-unverified-tls",
      "app-engine",
      "task-cooldown",
      "queue-cooldown",
      "throttling",
      "config",
    ],
    ...["json", "quiet", "verbose", "help"],
  ]);
  for (const value of ["8123", "127.0.0.1", ".cloudtask", "local-project", "us-central1"]) expect(out).toContain(value);
});

test.each([["--version"], ["-v"], ["version"]])("cloudtask %s prints the version of the package", async (flag) => {
  const { version } = JSON.parse(readFileSync("packages/cli/package.json", "utf8"));
  expect(await runHere(flag)).toEqual({ code: 0, out: version, err: "" });
});

test("without a command, the overview goes to stderr", async () => {
  const { code, out, err } = await runHere();
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("Usage: cloudtask <command> [options]");
});

test.each([
  [["emulater"], `unknown command "emulater", did you mean emulator? Valid commands: ${NAMES}`],
  [["serve"], `unknown command "serve". Valid commands: ${NAMES}`],
  [["help", "emulater"], `unknown command "emulater", did you mean emulator? Valid commands: ${NAMES}`],
  [["--port", "1"], "unknown option --port"],
  [["emulator", "--prot", "1"], "unknown option --prot, did you mean --port?"],
  [["emulator", "--frobnicate"], "unknown option --frobnicate"],
  [["emulator", "-x"], "unknown option -x"],
  [["emulator", "--no-memory"], "unknown option --no-memory, did you mean --memory?"],
  [["emulator", "mail"], 'unexpected argument "mail"; options begin with --'],
  [["emulator", "--", "--port"], 'unexpected argument "--port"; options begin with --'],
  [["emulator", "--port"], "--port needs a value: --port PORT"],
  [["emulator", "--port="], "--port needs a value: --port PORT"],
  [
    ["emulator", "--port", "--memory"],
    "--port needs a value, but --memory looks like an option; to pass it as the value, write --port=--memory",
  ],
  [["emulator", "--memory=yes"], '--memory does not accept a value; received "yes"'],
  [["emulator", "--port", "http"], '--port: expected an integer from 0 to 65535; received "http"'],
  [["emulator", "--port", "65536"], "--port: expected an integer from 0 to 65535; received 65536"],
  [["emulator", "--port", "1.5"], "--port: expected an integer from 0 to 65535; received 1.5"],
  [["emulator", "--port=-1"], "--port: expected an integer from 0 to 65535; received -1"],
  [["emulator", "--history", "many"], '--history: expected an integer of at least 0; received "many"'],
  [
    ["emulator", "--task-cooldown", "soon"],
    '--task-cooldown: expected a duration such as "250ms", "30s", "10m" or "1.5h"; received "soon"',
  ],
  [
    ["emulator", "--task-cooldown", "60"],
    '--task-cooldown: expected a duration such as "250ms", "30s", "10m" or "1.5h"; received "60"',
  ],
  [
    ["emulator", "--rewrite-host", "localhost"],
    "--rewrite-host localhost: expected FROM=TO, as in localhost=host.docker.internal",
  ],
  [
    ["emulator", "--app-engine", "api"],
    "--app-engine api: expected URL or SERVICE=URL, as in api=http://localhost:8081",
  ],
  [
    ["emulator", "--app-engine", "api=ftp://x"],
    "--app-engine api=ftp://x: expected URL or SERVICE=URL, as in api=http://localhost:8081",
  ],
  [
    ["emulator", "--issuer", "emulator:8123"],
    '--issuer: expected a URL with http:// or https://; received "emulator:8123"',
  ],
  [["emulator", "--memory", "--data", "x"], "--memory and --data cannot be used together; remove one of them"],
  [["emulator", "--data=x", "--memory"], "--memory and --data cannot be used together; remove one of them"],
  [["emulator", "--queue", "a", "--queue", "a,rate=5"], "--queue a,rate=5: queue a is defined twice"],
  [["emulator", "--config", "nowhere.yaml"], "--config nowhere.yaml: the file does not exist"],
  [["advance"], "TIME is missing; pass a duration such as 30s, 10m or 1h"],
  [["advance", "1h", "2h"], 'unexpected argument "2h"'],
  [["advance", "tomorrow"], 'TIME: expected a duration such as "250ms", "30s", "10m" or "1.5h"; received "tomorrow"'],
  [["reset", "now"], 'unexpected argument "now"; options begin with --'],
  [
    ["idle", "--emulator", "https://x"],
    '--emulator: expected HOST:PORT; received "https://x"; put --emulator at the end, or write --emulator=127.0.0.1:8123',
  ],
])("cloudtask %j exits with 2: %s", async (args, message) => {
  const command = ["emulator", "advance", "idle", "reset"].find((name) => name === args[0]);
  const called = ["cloudtask", command].filter(Boolean).join(" ");
  expect(await runHere(...args)).toEqual({ code: 2, out: "", err: `${called}: ${message}\nTry: ${called} --help` });
});
