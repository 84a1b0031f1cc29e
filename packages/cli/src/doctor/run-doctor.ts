import type { CommandContext, Run } from "../command-line/command-spec.ts";
import { withEnvironment } from "../command-line/environment.ts";
import { SAME_KEY_MS } from "../emulator/stop-signals.ts";
import type { Terminal } from "../terminal.ts";
import type { Check } from "./check.ts";
import { checks } from "./checks/checks.ts";
import { deliveryCheck } from "./checks/delivery-check.ts";
import { doctorGroups } from "./doctor-flags.ts";
import { Facts } from "./facts.ts";
import { readSetup } from "./read-setup.ts";
import { checkText, verdictOf, verdictText } from "./report.ts";
import { runChecks, type Watcher } from "./run-checks.ts";
import type { Setup } from "./setup.ts";

/** The exit code of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `cloudtask doctor`. */
export const runDoctor: Run = async (given, context) => {
  const { terminal, process } = context;
  const flags = withEnvironment(
    given,
    doctorGroups.flatMap((group) => group.flags),
    process.env,
  );
  const setup = await readSetup(flags, context);
  const facts = new Facts(setup);
  context.atEnd(() => facts.close());
  const isJson = flags.has("json");
  const watcher = isJson ? SILENT : watcherOf(terminal);
  if (!isJson) terminal.out(terminal.paint("dim", `${setup.label}, ${queuesText(setup)}`));
  const stop = new AbortController();
  const checked = setup.delivers
    ? await untilSignal(process, stop, () => runChecks(withDelivery(setup, stop.signal, context), facts, watcher))
    : await runChecks(checks, facts, watcher);
  const { isOk, text } = verdictOf(checked);
  const report = { ok: isOk, verdict: text, place: setup.label, checks: checked };
  terminal.out(isJson ? JSON.stringify(report, undefined, 2) : verdictText(checked, terminal));
  if (stop.signal.aborted) return INTERRUPTED;
  return isOk ? 0 : 1;
};

const SILENT: Watcher = { awaiting: () => undefined, show: () => undefined };

/** Prints each finding, and shows the check that is awaited. */
function watcherOf(terminal: Terminal): Watcher {
  return {
    awaiting: (id) => terminal.progress(`checking: ${id}`),
    show: (checked) => {
      terminal.progress();
      terminal.out(checkText(checked, terminal));
    },
  };
}

function queuesText({ queues }: Setup): string {
  return `queue${queues.length === 1 ? "" : "s"} ${queues.join(", ")}`;
}

function withDelivery(setup: Setup, stopped: AbortSignal, { terminal }: CommandContext): readonly Check[] {
  const { emulator, label, deliveryTimeoutMs } = setup;
  if (!emulator) terminal.err(`${label}: pushes a ping to the ${queuesText(setup)}, and deletes it`);
  return [...checks, deliveryCheck(deliveryTimeoutMs, stopped)];
}

/** Ctrl-C ends the wait for a delivery, so the pings are deleted. A later one ends the process. */
async function untilSignal<T>(process: NodeJS.Process, stop: AbortController, run: () => Promise<T>): Promise<T> {
  let first: number | undefined;
  const onSignal = (): void => {
    if (first !== undefined && performance.now() - first >= SAME_KEY_MS) process.exit(INTERRUPTED);
    first ??= performance.now();
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await run();
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
