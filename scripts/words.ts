/**
 * Checks the English of comments, messages and documentation: CONTRIBUTING.md says why. It counts words that make our
 * sentences hard to read for people whose first language is not English, and fails above the limits below.
 *
 * `tsx scripts/words.ts` prints one row per package; `--list` prints each finding with its place, `--list PATH` only those
 * under a path.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import jsTokens from "js-tokens";

/** A text to check, with the line on which it starts. */
interface Prose {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Allowed per 1,000 words; 0 allows none at all. */
  readonly perThousand: number;
}

const RULES: readonly Rule[] = [
  { name: "where", pattern: /\bwhere\b/gi, perThousand: 1.5 },
  { name: "whoever, whatever", pattern: /\b(whoever|whatever|whichever)\b/gi, perThousand: 0.3 },
  { name: "so that", pattern: /\bso that\b/gi, perThousand: 3 },
  { name: "in which, in case of", pattern: /\b(in which|in case of)\b/gi, perThousand: 0.5 },
  { name: "he, him, his", pattern: /\b(he|him|his)\b/gi, perThousand: 0 },
  {
    name: "opens with What or Who",
    pattern: /^[^\w#]*(@returns |@param \w+ - )?(What|Who|Whom|Whose|Whoever)\b(?![^.]*\?)/gm,
    perThousand: 0,
  },
  {
    name: "riddles",
    pattern:
      /\b(strangers?|in vain|save that|save where|whom|bury|buries|buried|wish|wishes|foreseen|foretold|owed|patience|divert|diverts|for a reason that passes|as it were|be it)\b|@returns the same\b/gi,
    perThousand: 0,
  },
];

const AREAS: readonly (readonly [name: string, path: RegExp])[] = [
  ["cloudtask", /^packages\/cloudtask\/.*\.ts$/],
  ["nestjs", /^packages\/nestjs\/.*\.ts$/],
  ["emulator", /^packages\/emulator\/.*\.ts$/],
  ["cli", /^packages\/cli\/.*\.ts$/],
  ["tests, demo, tools", /^(test|demo|examples|benchmarks|compat|scripts)\/.*\.m?[tj]s$|^[^/]+\.ts$/],
  ["documentation", /\.md$/],
];

const SKIPPED = /\/gen\/|\/fixtures\/|^scripts\/words\.ts$|^packages\/[^/]+\/CHANGELOG\.md$/;

function filesOf(pattern: RegExp): readonly string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  return [...new Set(listed.split("\n"))].filter((path) => pattern.test(path) && !SKIPPED.test(path));
}

/** Comments, and strings that hold a sentence: messages and titles of tests. */
function proseOfCode(path: string, code: string): readonly Prose[] {
  const found: Prose[] = [];
  let line = 1;
  for (const { type, value } of jsTokens(code)) {
    if (/Comment$/.test(type))
      found.push({ path, line, text: value.replaceAll(/^[ \t]*\*|```[\s\S]*?```|`[^`\n]*`|\{@link [^}]*\}/gm, "") });
    else if (/^(StringLiteral|NoSubstitutionTemplate|Template)/.test(type) && isSentence(value))
      found.push({ path, line, text: value });
    line += value.split("\n").length - 1;
  }
  return found;
}

function isSentence(value: string): boolean {
  return (
    !/\b(SELECT|UPDATE|INSERT|DELETE FROM|CREATE)\b/.test(value) && (value.match(/[a-z]{2,} /gi)?.length ?? 0) >= 3
  );
}

/** Markdown without its code. */
function proseOfMarkdown(path: string, text: string): readonly Prose[] {
  const lines = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (code) => code.replaceAll(/[^\n]/g, "")).split("\n");
  return lines.map((each, index) => ({ path, line: index + 1, text: each.replaceAll(/`[^`]*`|\]\([^)]*\)/g, "") }));
}

interface Finding extends Prose {
  readonly rule: string;
}

interface Row {
  readonly area: string;
  readonly words: number;
  readonly findings: readonly Finding[];
}

function measure(area: string, pattern: RegExp): Row {
  const prose = filesOf(pattern).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    return path.endsWith(".md") ? proseOfMarkdown(path, text) : proseOfCode(path, text);
  });
  const words = prose.reduce((sum, { text }) => sum + (text.match(/[a-z][a-z']+/gi)?.length ?? 0), 0);
  const findings = prose.flatMap((each) =>
    RULES.flatMap(({ name, pattern }) =>
      [...each.text.matchAll(pattern)].map((match) => {
        const line = each.line + each.text.slice(0, match.index).split("\n").length - 1;
        return { ...each, line, text: each.text.slice(match.index).split("\n")[0] ?? "", rule: name };
      }),
    ),
  );
  return { area, words, findings };
}

function count(row: Row, rule: Rule): number {
  return row.findings.filter((finding) => finding.rule === rule.name).length;
}

function isOver(row: Row, rule: Rule): boolean {
  return count(row, rule) > Math.ceil((rule.perThousand * row.words) / 1000);
}

function printTable(rows: readonly Row[]): void {
  console.log(["per 1,000 words", "words", ...RULES.map(({ name }) => name)].join(" | "));
  for (const row of rows) {
    const cells = RULES.map((rule) => {
      const found = count(row, rule);
      const rate = rule.perThousand === 0 ? `${found}` : ((found * 1000) / Math.max(1, row.words)).toFixed(1);
      return isOver(row, rule) ? `${rate} (allowed ${rule.perThousand})` : rate;
    });
    console.log([row.area, row.words, ...cells].join(" | "));
  }
}

const rows = AREAS.map(([area, pattern]) => measure(area, pattern)).filter(({ words }) => words > 0);
const listAt = process.argv.indexOf("--list");
if (listAt > 0) {
  const under = process.argv[listAt + 1] ?? "";
  for (const { path, line, rule, text } of rows.flatMap(({ findings }) => findings)) {
    if (path.startsWith(under)) console.log(`${path}:${line}: [${rule}] ${text.trim().slice(0, 100)}`);
  }
}
printTable(rows);
process.exitCode = rows.some((row) => RULES.some((rule) => isOver(row, rule))) ? 1 : 0;
