import type { Figure } from "../harness/benchmark.ts";
import { figureTitle, formatMedian, formatSpread } from "../harness/format.ts";
import { judgeAim, markOf, type Verdict } from "../harness/judge-aim.ts";
import { describeMachine } from "../harness/machine.ts";
import type { Result } from "../harness/result.ts";
import { chartSvg, describeFigures, palettes } from "./chart.ts";

/** The reasons for unmet aims, by the id of the aim. */
type Notes = Readonly<Record<string, string>>;

/** The benchmarks of the emulator have a page of their own. */
const OF_EMULATOR: ReadonlySet<string> = new Set(["delivery", "page", "latency", "scale", "emulator-start", "soak"]);

const EMULATOR_PAGE = "performance-emulator.md";

/**
 * Makes the pages and their charts from stored results.
 *
 * @param results - in the order of the pages
 * @returns the text of each file, by its path in `docs/`
 */
export function makePage(results: readonly Result[], notes: Notes): ReadonlyMap<string, string> {
  const ofEmulator = results.filter(({ name }) => OF_EMULATOR.has(name));
  const ofLibrary = results.filter(({ name }) => !OF_EMULATOR.has(name));
  const files = new Map([
    ["performance.md", pageText("Performance", ofLibrary, { notes, lines: runLines() })],
    [EMULATOR_PAGE, pageText("Performance of the emulator", ofEmulator, { notes, lines: [] })],
  ]);
  for (const result of results) {
    for (const [scheme, palette] of Object.entries(palettes)) {
      files.set(imagePath(result.name, scheme), chartSvg(result, palette));
    }
  }
  return files;
}

function imagePath(name: string, scheme: string): string {
  return `images/performance-${name}-${scheme}.svg`;
}

interface PageParts {
  readonly notes: Notes;
  /** The end of the page. */
  readonly lines: readonly string[];
}

function pageText(heading: string, results: readonly Result[], { notes, lines }: PageParts): string {
  const verdicts = results.flatMap(({ aims, figures }) => aims.map((aim) => judgeAim(aim, figures)));
  return [
    `# ${heading}`,
    "",
    "Measured by `npm run bench` in a clone of this repository; `npm run bench:page` makes this page from the figures in `benchmarks/results`. Each figure is the " +
      "median of interleaved rounds: ours and the others run in turn. Compare the figures of one table with each other, not with those of another machine. " +
      "A thin line on a bar, and the small numbers in a table, are the range of the rounds.",
    "",
    ...machineLines(results),
    "",
    ...aimLines(verdicts, notes),
    ...results.flatMap(sectionLines),
    ...lines,
  ].join("\n");
}

/** Usually all results are of one machine. */
function machineLines(results: readonly Result[]): string[] {
  const machines = [...new Set(results.map(({ machine }) => describeMachine(machine)))];
  return machines.map((machine) => {
    const of = results.filter((result) => describeMachine(result.machine) === machine);
    const dates = [...new Set(of.map(({ date }) => date))].sort();
    const names = machines.length === 1 ? "" : ` (${of.map(({ name }) => name).join(", ")})`;
    return `- ${machine}, ${dates.join(", ")}${names}`;
  });
}

function aimLines(verdicts: readonly Verdict[], notes: Notes): string[] {
  const unmet = verdicts.filter(({ isMet }) => isMet === false);
  const measured = verdicts.filter(({ isMet }) => isMet !== undefined);
  const count = measured.length - unmet.length;
  return [
    "## Aims",
    "",
    `${count} of ${measured.length} aims are met. The last column of each table has them. Unmet:`,
    "",
    ...unmet.map(({ aim, figure, wanted, measured: value }) => {
      const reason = notes[aim.id];
      return `- ${figure}, ${aim.row}: ${value}, aim ${wanted}.${reason === undefined ? "" : ` ${reason}`}`;
    }),
    ...(unmet.length === 0 ? [] : [""]),
  ];
}

function sectionLines({ name, title, summary, figures, aims, versions, remarks }: Result): string[] {
  const picture =
    `<picture><source media="(prefers-color-scheme: dark)" srcset="${imagePath(name, "dark")}">` +
    `<img alt="${escapeHtml(describeFigures(figures))}" src="${imagePath(name, "light")}"></picture>`;
  const verdicts = aims.map((aim) => judgeAim(aim, figures));
  const peers = Object.entries(versions).map(([peer, version]) => `${peer} ${version}`);
  const notes = remarks.map((remark) => `${remark.charAt(0).toUpperCase()}${remark.slice(1)}.`);
  return [
    `## ${title}`,
    "",
    [`${summary} \`npm run bench -- ${name}\``, picture, [...notes, `${peers.join(", ")}.`].join(" ")].join("<br>\n"),
    "",
    ...tableLines(figures, verdicts),
    "",
  ];
}

/** One line per figure, one column per subject. Subjects that a figure lacks have an empty cell. */
function tableLines(figures: readonly Figure[], verdicts: readonly Verdict[]): string[] {
  const names = [...new Set(figures.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const cells = figures.map((figure) => [
    figureTitle(figure),
    ...names.map((name) => {
      const row = figure.rows.find((each) => each.name === name);
      if (row === undefined) return "";
      const range = formatSpread(row);
      return formatMedian(row) + (range === "" ? "" : ` <sub>${range}</sub>`);
    }),
    verdicts
      .filter(({ aim }) => aim.figure === figure.id)
      .map((verdict) => `${markOf(verdict)} ${verdict.measured}, aim ${verdict.wanted}`)
      .join("<br>"),
  ]);
  return [["", ...names, "aims"], ["---", ...names.map(() => "--:"), "---"], ...cells].map(
    (line) => `| ${line.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`,
  );
}

function runLines(): string[] {
  return [
    `The benchmarks of the emulator are in [performance of the emulator](${EMULATOR_PAGE}).`,
    "",
    "## Run it yourself",
    "",
    "```sh",
    "npm ci && npm run bench                # all but soak, about 20 minutes on an idle machine; prints tables and stores JSON",
    "npm run bench -- push delivery         # some of them",
    "npm run bench -- push --quick          # rough figures, not stored",
    "npm run bench -- soak                  # a million pushes and deliveries",
    "npm run bench:page                     # these pages",
    "```",
    "",
    "The first run builds or installs the other tools into `node_modules/.cache`: the emulator in Rust needs `cargo`, the one in Go needs `go`, BullMQ needs a " +
      "`redis-server` and pg-boss a `postgres` on the path. A tool that is not available is left out, and the table says so.",
    "",
  ];
}

function escapeHtml(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
