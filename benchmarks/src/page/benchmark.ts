import { findEmulators } from "../emulators/peers/find-emulators.ts";
import type { EmulatorPeer } from "../emulators/peers/peer.ts";
import { measureDeliveries, type Session, type Throughput, warmedUp, withEmulator } from "../emulators/session.ts";
import { Target } from "../emulators/target.ts";
import type { Aim, Benchmark, Figure } from "../harness/benchmark.ts";
import { type ServerProcess, startServer } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { formatNumber } from "../harness/format.ts";
import { measureRounds, pick, type Rounds, type RunContext, type Subject } from "../harness/run-context.ts";
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

const ROUNDS = 8;

/** The measurements of one round. */
interface PageRound {
  readonly deliveries: Throughput;
  /** The work of the page per delivery, which includes the create; `undefined` without a page. */
  readonly page: Pick<PageWork, "cpuUs" | "events"> | undefined;
}

/** The processes of a run. */
interface Parts {
  readonly context: RunContext;
  readonly target: Target;
  /** The path of the compiled `page-process.ts`. */
  readonly pageProcess: string;
}

/** Measures the deliveries of the emulator while a page of the dashboard is open. */
export const benchmark: Benchmark = {
  name: "page",
  title: "Deliveries while the dashboard is open",
  summary:
    "An emulator without a page and one for each page are measured in turn. The page is a process of its own, as in a browser: it requests the same event stream as " +
    "that page of the dashboard, parses every event, and reads its lists and statistics as often. It shows nothing. The CPU per delivery is that of the emulator's process. " +
    "The rest is as in “Creates and deliveries of the emulator”.",
  async run(context) {
    const built = await compile("emulators", ["emulator-process", "target-process"]);
    const { peers, versions, remarks } = await findEmulators(context, built, ["memory", "disk"]);
    const pageProcess = (await compile("page", ["page-process"]))("page-process");
    const target = await Target.start(built("target-process"));
    const parts = { context, target, pageProcess };
    const figures: Figure[] = [];
    const notes: string[] = [];
    try {
      for (const peer of peers) {
        const rounds = await measurePeer(peer, parts);
        figures.push(...figuresOf(peer, rounds));
        notes.push(...rounds.failures, ...describeWork(peer, rounds));
      }
    } finally {
      target.stop();
    }
    return { figures, aims, versions, remarks: [...remarks, ...notes] };
  },
};

/**
 * Starts an emulator without a page and one for each page, and measures them in turn. So the time between two measurements is a few
 * seconds, and a change of the machine's load affects both.
 */
function measurePeer(peer: EmulatorPeer, parts: Parts): Promise<Rounds<PageRound>> {
  const measureNext = (
    pages: readonly PageName[],
    subjects: readonly Subject<PageRound>[],
  ): Promise<Rounds<PageRound>> => {
    const [page, ...others] = pages;
    if (page === undefined) return measureRounds(parts.context, ROUNDS, subjects);
    return withPage(peer, parts, page, (measure) => measureNext(others, [...subjects, { name: ROWS[page], measure }]));
  };
  return withPage(peer, parts, undefined, (measure) => measureNext(NAMES, [{ name: WITHOUT, measure }]));
}

/** Starts an emulator, opens a page, and stops both after the measurements. */
function withPage<T>(
  peer: EmulatorPeer,
  { context, target, pageProcess }: Parts,
  name: PageName | undefined,
  run: (measure: () => Promise<PageRound>) => Promise<T>,
): Promise<T> {
  return withEmulator(peer, target, async (started) => {
    const page = name && (await startServer(pageProcess, { args: [started.emulator.port, name] }));
    try {
      const session = await warmedUp(started);
      return await run(() => measureRound(session, countOf(peer, context), page));
    } finally {
      await page?.stop();
    }
  });
}

/** The deliveries of a round take one to two seconds. */
function countOf({ name }: EmulatorPeer, { isQuick }: RunContext): number {
  if (isQuick) return 4_000;
  return name === "cloudtask" ? 20_000 : 10_000;
}

async function measureRound(session: Session, count: number, page: ServerProcess | undefined): Promise<PageRound> {
  const before = page && (await workOf(page));
  const { deliveries } = await measureDeliveries(session, count);
  const after = page && (await workOf(page));
  if (!before || !after) return { deliveries, page: undefined };
  const per = (value: (work: PageWork) => number): number => (value(after) - value(before)) / count;
  return { deliveries, page: { cpuUs: per(({ cpuUs }) => cpuUs), events: per(({ events }) => events) } };
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
function describeWork({ name: peer }: EmulatorPeer, rounds: Rounds<PageRound>): string[] {
  return NAMES.map((name) => {
    const of = (value: (round: PageRound) => number): number => median(pick(rounds.of(ROWS[name]), value));
    const cpu = of(({ page }) => page?.cpuUs ?? Number.NaN);
    const busy = of(({ deliveries }) => deliveries.utilization);
    const events = of(({ page }) => (page?.events ?? Number.NaN) * 1_000);
    return (
      `${peer}, ${ROWS[name]}: for 1,000 creates and deliveries the page received ${formatNumber(events)} events, and it used ` +
      `${formatNumber(cpu)} µs of CPU for each; the target was busy for ${formatNumber(busy * 100)} % of the time`
    );
  });
}
