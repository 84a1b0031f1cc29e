import { VERSION } from "cloudtask/internal";
import { CommandFailure } from "../command-failure.ts";
import type { Run } from "../command-line/command-spec.ts";
import type { GivenFlags } from "../command-line/given-flags.ts";
import { startFailure } from "../emulator/start-failure.ts";
import { stopRequested } from "../emulator/stop-signals.ts";
import { announce } from "../place/confirm.ts";
import { openPlace, type Place } from "../place/open-place.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { emulatorHost } from "../values/emulator-host.ts";
import { argumentPosition } from "../values/position.ts";
import { integer } from "../values/readers.ts";
import { HOST, type ServedDashboard, serveDashboard } from "./serve-dashboard.ts";

const DEFAULT_PORT = 8124;

/** The exit code of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** `cloudtask dashboard`. Runs until a signal stops it. */
export const runDashboard: Run = async (flags, context) => {
  const { terminal, process } = context;
  rejectEmulator(flags, process.env);
  const port = portOf(flags);
  const place = await openPlace(flags, context);
  const allowsWrites = flags.has("allow-writes");
  if (allowsWrites) {
    announce(place, "the pages can run, delete and push tasks, and change, purge and delete queues", context);
  }
  const { project, location, connection } = place;
  const stopped = stopRequested({
    source: process,
    now: () => performance.now(),
    quit: () => process.exit(INTERRUPTED),
  });
  const dashboard = await serveDashboard({ project, location, connection, port, allowsWrites }).catch(
    (error: unknown) => {
      throw new CommandFailure(startFailure(error, `${HOST}:${port}`), { cause: error });
    },
  );
  context.atEnd(() => dashboard.close());
  if (flags.has("json")) terminal.out(JSON.stringify({ url: `${dashboard.url}/`, project, location, allowsWrites }));
  else terminal.out(startText(dashboard, place, allowsWrites, terminal));
  await stopped;
  return 0;
};

function rejectEmulator(flags: GivenFlags, env: NodeJS.ProcessEnv): void {
  const host = emulatorHost(flags, env);
  if (host === undefined) return;
  const remedy = flags.has("emulator") ? "remove --emulator" : "unset CLOUD_TASKS_EMULATOR_HOST";
  throw new UsageError(
    `an emulator serves its own dashboard: open http://${host}/. For the dashboard of Google Cloud, ${remedy}`,
  );
}

function portOf(flags: GivenFlags): number {
  const text = flags.text("port");
  if (text === undefined) return DEFAULT_PORT;
  return integer(0, 65_535)(/^\d+$/.test(text) ? Number(text) : text, argumentPosition("--port"));
}

function startText({ url }: ServedDashboard, place: Place, allowsWrites: boolean, { paint }: Terminal): string {
  const rows = [
    ["dashboard", paint("strong", `${url}/`)],
    ["shows", place.label],
    ["changes", allowsWrites ? paint("warn", "allowed") : "none; --allow-writes allows them"],
  ] as const;
  const lines = rows.map(([label, value]) => `  ${paint("dim", label.padEnd(12))} ${value}`);
  return [`cloudtask dashboard ${VERSION}`, "", ...lines, ""].join("\n");
}
