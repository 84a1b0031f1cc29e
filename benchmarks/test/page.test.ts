import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { judgeAim } from "../src/harness/judge-aim.ts";
import { readNotes } from "../src/harness/result.ts";
import { benchmarks } from "../src/list.ts";
import { makePage } from "../src/page/make-page.ts";
import { orderedResults } from "../src/page/ordered-results.ts";
import { sampleResult } from "./sample-result.ts";

const results = orderedResults();
const notes = readNotes();
const verdicts = results.flatMap(({ aims, figures }) => aims.map((aim) => judgeAim(aim, figures)));

test("docs/performance.md and its charts are those that `npm run bench:page` makes from the stored results", () => {
  const made = makePage(results, notes);
  const charts = readdirSync("docs/images").filter((file) => file.startsWith("performance-"));
  const stored = ["performance.md", "performance-emulator.md", ...charts.map((file) => `images/${file}`)];
  expect(stored.toSorted()).toEqual([...made.keys()].toSorted());
  for (const [path, text] of made) expect(readFileSync(`docs/${path}`, "utf8"), path).toBe(text);
});

test("every unmet aim has its reason, and every reason belongs to an unmet aim", () => {
  const unmet = verdicts.filter(({ isMet }) => isMet === false).map(({ aim }) => aim.id);
  expect(Object.keys(notes).toSorted()).toEqual(unmet.toSorted());
});

test.each(Object.entries(benchmarks))("the benchmark %s has this name", async (name, load) => {
  const { benchmark } = await load();
  expect(benchmark.name).toBe(name);
});

test("the page has the figures with their ranges, the aims, the reasons, and the remarks", () => {
  const page = makePage([sampleResult], { "push-cpu": "The loop checks nothing." }).get("performance.md") ?? "";
  expect(page).toContain("| CPU per push, µs | 120 <sub>110–130</sub> | 100 |  | ✗ 1.20 ×, aim ≤ 1.15 × bare <loop> |");
  expect(page).toContain("1 of 2 aims are met.");
  expect(page).toContain("- CPU per push, cloudtask: 1.20 ×, aim ≤ 1.15 × bare <loop>. The loop checks nothing.");
  expect(page).toContain("Rust: not measured: cargo is not installed.");
  expect(page).toContain("- 2 × Fast CPU, 8 GiB, Linux, Node v20.19.0, 2026-01-02");
});

test("a chart states its figures as text, and has one bar per row, the longest for the largest value", () => {
  const chart = makePage([sampleResult], {}).get("images/performance-push-light.svg") ?? "";
  expect(chart).toContain('role="img"');
  expect(chart).toContain('<title id="title">Pushing tasks</title>');
  expect(chart).toContain("CPU per push, µs: cloudtask 120, bare &lt;loop> 100.");
  const widths = [...chart.matchAll(/<rect [^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(4);
  expect(widths[0]).toBeGreaterThan(widths[1] ?? 0);
});

test("a chart has one color for our rows, and another for the peers", () => {
  const fills = (ours: readonly string[]): readonly string[] => {
    const chart = makePage([{ ...sampleResult, ours }], {}).get("images/performance-push-light.svg") ?? "";
    return [...chart.matchAll(/<rect [^>]* fill="(#\w+)"/g)].map(([, fill = ""]) => fill);
  };
  const [ours, other] = fills([]);
  expect(ours).not.toBe(other);
  expect(fills([])).toEqual([ours, other, ours, other]);
  expect(fills(["bare <loop>"])).toEqual([ours, ours, ours, other]);
});

test("the range of a row that goes below zero starts at zero", () => {
  const figure = { id: "late", title: "Lateness", unit: "ms", rows: [{ name: "cloudtask", rounds: [-2, 1, 4] }] };
  const chart =
    makePage([{ ...sampleResult, figures: [figure], aims: [] }], {}).get("images/performance-push-light.svg") ?? "";
  const [, bar] = /<rect x="([\d.]+)"/.exec(chart) ?? [];
  const [, range] = /<line x1="([\d.]+)"/.exec(chart) ?? [];
  expect(Number(range)).toBe(Number(bar));
});

test("the two charts of a benchmark differ in their colors only", () => {
  const made = makePage([sampleResult], {});
  const [light, dark] = ["light", "dark"].map((scheme) => made.get(`images/performance-push-${scheme}.svg`) ?? "");
  const withoutColors = (text = ""): string => text.replaceAll(/#[0-9a-f]{6}/g, "");
  expect(light).not.toBe(dark);
  expect(withoutColors(light)).toBe(withoutColors(dark));
});
