import { errorMessage, printableText } from "cloudtask/internal";
import type { CommandContext, CommandSpec } from "../command-line/command-spec.ts";
import type { Flag } from "../command-line/flag.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { emulatorFlag, jsonFlag } from "../place/place-flags.ts";
import { DEFAULT_HOST, emulatorHost } from "../values/emulator-host.ts";
import { argumentPosition } from "../values/position.ts";
import { duration } from "../values/readers.ts";
import { callControl } from "./call-control.ts";

interface Control {
  readonly name: string;
  readonly summary: string;
  /** The placeholder of its argument in the help. */
  readonly argument?: string;
  /** Its options besides those of all. */
  readonly flags?: readonly Flag[];
  /** Creates the body of the call. @throws UsageError for an invalid argument */
  readonly body: (argument: string, flags: GivenFlags) => object;
  /** Describes what the emulator did, from the fields of its answer. */
  readonly report: (answer: Readonly<Record<string, unknown>>, argument: string) => string;
}

const clockFlag: Flag = { name: "clock", help: "Also reset the clock to the time of the machine" };

const controls: readonly Control[] = [
  {
    name: "advance",
    argument: "TIME",
    summary: "Advance the clock of a running emulator, and run the tasks that become due",
    body: (argument) => ({ by: duration(argument, argumentPosition("TIME")) }),
    report: ({ now, attempts }, argument) =>
      `advanced by ${argument} to ${now}; ${count(attempts, "attempt")} finished`,
  },
  {
    name: "idle",
    summary: "Wait until a running emulator has no due tasks and no attempts in flight",
    body: () => ({}),
    report: ({ attempts }) =>
      `idle: no due tasks, no attempts in flight; ${count(attempts, "attempt")} finished meanwhile`,
  },
  {
    name: "reset",
    summary: "Delete all tasks and task names of a running emulator, and recreate its queues",
    flags: [clockFlag],
    body: (_, flags) => (flags.has("clock") ? { clock: true } : {}),
    report: ({ tasks, queues, now }) => {
      const names = Array.isArray(queues) ? queues.map((name) => String(name).replace(/^.*\//, "")) : [];
      return `deleted ${count(tasks, "task")} and all task names; queues: ${names.join(", ") || "none"}; the clock is at ${now}`;
    },
  },
];

/** `cloudtask advance`, `idle` and `reset`: the methods of `createEmulator()` for any shell and language. */
export const controlCommands: readonly CommandSpec[] = controls.map((control) => ({
  name: control.name,
  summary: control.summary,
  args: control.argument ? [{ name: control.argument, hint: "pass a duration such as 30s, 10m or 1h" }] : [],
  groups: [{ title: "Options", flags: [...(control.flags ?? []), jsonFlag, emulatorFlag] }],
  load: async () => (flags, context) => run(control, flags, context),
}));

async function run(control: Control, flags: GivenFlags, { terminal, process }: CommandContext): Promise<number> {
  const [argument = ""] = flags.positionals;
  const body = control.body(argument, flags);
  const url = new URL(`http://${emulatorHost(flags, process.env) ?? DEFAULT_HOST}`);
  try {
    // Running attempts can take half an hour.
    terminal.progress(`waiting for the attempts of the emulator at ${url.host}; Ctrl-C ends the wait`);
    const answer = await callControl(url, control.name, body).finally(() => terminal.progress());
    terminal.out(flags.has("json") ? JSON.stringify(answer) : printableText(control.report(answer, argument)));
    return 0;
  } catch (error) {
    terminal.err(`cloudtask ${control.name}: ${errorMessage(error)}`);
    return 1;
  }
}

function count(value: unknown, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}
