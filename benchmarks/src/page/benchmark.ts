import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import { measureDeliveries, type Session, type Throughput, withEmulator } from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { formatNumber } from "../harness/format.ts";
import { measureRounds, pick, type Rounds, type RunContext } from "../harness/run-context.ts";
import { median } from "../harness/statistics.ts";
import type { PageWork } from "./open-page.ts";

const WITHOUT = "no page";
const WITH = "page open";

const aims: readonly Aim[] = [
  { id: "page-open", figure: "deliveries", row: WITH, against: WITHOUT, min: 0.9 },
  { id: "page-open-disk", figure: "deliveries-disk", row: WITH, against: WITHOUT, min: 0.9 },
];

/** The measurements of one emulator process. */
interface PageRound {
  readonly deliveries: Throughput;
  /** The work of the page during the deliveries; `undefined` without a page. */
  readonly page: PageWork | undefined;
}

/** The processes of a run. */
interface Parts {
  readonly context: RunContext;
  readonly target: Target;
  /** The path of the compiled `page-process.ts`. */
  readonly pageProcess: string;
  /** The number of deliveries. */
  readonly count: number;
}

/** Measures the deliveries of the emulator while a page of the dashboard is open. */
export const benchmark: Benchmark = {
  name: "page",
  title: "Deliveries while the dashboard is open",
  summary:
    "The page is a process of its own, as in a browser: it requests the same event stream as the dashboard, parses every event, and reads the lists and the statistics of " +
    "its pages as often. The CPU per delivery is that of the emulator's process. The rest is as in “Creates and deliveries of the emulator”.",
  async run(context) {
    const built = await compile("emulators", ["emulator-process", "target-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk"]);
    const pageProcess = (await compile("page", ["page-process"]))("page-process");
    const target = await Target.start(built("target-process"));
    const parts = { context, target, pageProcess, count: context.isQuick ? 4_000 : 20_000 };
    const figures: Figure[] = [];
    const notes: string[] = [];
    try {
      for (const peer of peers) {
        const rounds = await measurePeer(peer, parts);
        figures.push(...figuresOf(peer, rounds));
        notes.push(...rounds.failures, ...workOf(peer, rounds, parts.count));
      }
    } finally {
      target.stop();
    }
    return { figures, aims, versions, remarks: [...remarks, ...notes] };
  },
};

function measurePeer(peer: EmulatorPeer, { context, target, pageProcess, count }: Parts): Promise<Rounds<PageRound>> {
  const measure = (run: (session: Session) => Promise<PageRound>) => () => withEmulator(peer, target, run);
  return measureRounds(context, 3, [
    { name: WITHOUT, measure: measure((session) => deliver(session, count, async () => undefined)) },
    { name: WITH, measure: measure((session) => deliverWithPage(session, count, pageProcess)) },
  ]);
}

async function deliverWithPage(session: Session, count: number, pageProcess: string): Promise<PageRound> {
  const page = await startServer(pageProcess, { args: [session.emulator.port] });
  try {
    return await deliver(session, count, async () => JSON.parse(await page.ask("work")) as PageWork);
  } finally {
    await page.stop();
  }
}

async function deliver(
  session: Session,
  count: number,
  workOfPage: () => Promise<PageWork | undefined>,
): Promise<PageRound> {
  const { deliveries } = await measureDeliveries(session, count);
  return { deliveries, page: await workOfPage() };
}

function figuresOf({ name }: EmulatorPeer, rounds: Rounds<PageRound>): Figure[] {
  const suffix = name === "cloudtask" ? "" : "-disk";
  const rows = (value: (round: PageRound) => number): Figure["rows"] =>
    [WITHOUT, WITH].map((row) => ({ name: row, rounds: pick(rounds.of(row), value) }));
  return [
    {
      id: `deliveries${suffix}`,
      title: `Deliveries per second, ${name}`,
      unit: "",
      rows: rows(({ deliveries }) => deliveries.perSecond),
    },
    {
      id: `cpu${suffix}`,
      title: `CPU per delivery, ${name}`,
      unit: "µs",
      rows: rows(({ deliveries }) => deliveries.cpuUs),
    },
  ];
}

/** States how much CPU the page itself needs, which a machine with few cores takes from the emulator. */
function workOf({ name }: EmulatorPeer, rounds: Rounds<PageRound>, count: number): string[] {
  const of = (value: (round: PageRound) => number): number => median(pick(rounds.of(WITH), value));
  const cpu = of(({ page }) => (page?.cpuUs ?? Number.NaN) / count);
  const busy = of(({ deliveries }) => deliveries.utilization);
  const events = of(({ page }) => page?.events ?? Number.NaN);
  return [
    `${name}: for ${formatNumber(count)} creates and deliveries the page received ${formatNumber(events)} events and used ` +
      `${formatNumber(cpu)} µs of CPU per delivery; the target was busy for ${formatNumber(busy * 100)} % of the time`,
  ];
}
