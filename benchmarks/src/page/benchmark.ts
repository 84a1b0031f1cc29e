import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import { measureDeliveries, type Session, type Throughput, withEmulator } from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { type ServerProcess, startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { formatNumber } from "../harness/format.ts";
import { measureRounds, pick, type Rounds, type RunContext } from "../harness/run-context.ts";
import { median } from "../harness/statistics.ts";
import type { PageWork, pages } from "./open-page.ts";

type PageName = keyof typeof pages;

const WITHOUT = "no page";
/** The row of each page. */
const ROWS: Readonly<Record<PageName, string>> = { overview: "overview", tasks: "list of tasks" };
const NAMES = Object.keys(ROWS) as PageName[];

const aims: readonly Aim[] = ["", "-disk"].flatMap((suffix) =>
  NAMES.map((name) => ({
    id: `page-${name}${suffix}`,
    figure: `deliveries${suffix}`,
    row: ROWS[name],
    against: WITHOUT,
    min: 0.9,
  })),
);

/** Deliveries before the measurement, so neither the emulator nor the page is new. */
const WARM_UP = 4_000;

/** The measurements of one emulator process. */
interface PageRound {
  readonly deliveries: Throughput;
  /** The work of the page during the creates and deliveries; `undefined` without a page. */
  readonly page: Pick<PageWork, "cpuUs" | "events"> | undefined;
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
    "The page is a process of its own, as in a browser: it requests the same event stream as that page of the dashboard, parses every event, and reads its lists and " +
    "statistics as often. It shows nothing. It is open for 4,000 deliveries before the measurement, which is of 20,000. The CPU per delivery is that of the emulator's process. " +
    "The rest is as in “Creates and deliveries of the emulator”.",
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
        notes.push(...rounds.failures, ...describeWork(peer, rounds, parts.count));
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
    { name: WITHOUT, measure: measure((session) => deliver(session, count, undefined)) },
    ...NAMES.map((name) => ({
      name: ROWS[name],
      measure: measure((session) => deliverWithPage(session, count, pageProcess, name)),
    })),
  ]);
}

async function deliverWithPage(
  session: Session,
  count: number,
  pageProcess: string,
  name: PageName,
): Promise<PageRound> {
  const page = await startServer(pageProcess, { args: [session.emulator.port, name] });
  try {
    return await deliver(session, count, page);
  } finally {
    await page.stop();
  }
}

async function deliver(session: Session, count: number, page: ServerProcess | undefined): Promise<PageRound> {
  await measureDeliveries(session, WARM_UP);
  const before = page && (await workOf(page));
  const { deliveries } = await measureDeliveries(session, count);
  const after = page && (await workOf(page));
  const work = before && after && { cpuUs: after.cpuUs - before.cpuUs, events: after.events - before.events };
  return { deliveries, page: work };
}

async function workOf(page: ServerProcess): Promise<PageWork> {
  return JSON.parse(await page.ask("work")) as PageWork;
}

function figuresOf({ name }: EmulatorPeer, rounds: Rounds<PageRound>): Figure[] {
  const suffix = name === "cloudtask" ? "" : "-disk";
  const rows = (value: (round: PageRound) => number): Figure["rows"] =>
    [WITHOUT, ...NAMES.map((name) => ROWS[name])].map((row) => ({ name: row, rounds: pick(rounds.of(row), value) }));
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

/** States how much CPU each page itself needs, which a machine with few cores takes from the emulator. */
function describeWork({ name: peer }: EmulatorPeer, rounds: Rounds<PageRound>, count: number): string[] {
  return NAMES.map((name) => {
    const of = (value: (round: PageRound) => number): number => median(pick(rounds.of(ROWS[name]), value));
    const cpu = of(({ page }) => (page?.cpuUs ?? Number.NaN) / count);
    const busy = of(({ deliveries }) => deliveries.utilization);
    const events = of(({ page }) => page?.events ?? Number.NaN);
    return (
      `${peer}, ${ROWS[name]}: for ${formatNumber(count)} creates and deliveries the page received ${formatNumber(events)} events and used ` +
      `${formatNumber(cpu)} µs of CPU per delivery; the target was busy for ${formatNumber(busy * 100)} % of the time`
    );
  });
}
