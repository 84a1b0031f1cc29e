import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Findings } from "./benchmark.ts";
import type { Machine } from "./machine.ts";

/** A finished run, as it is stored in `benchmarks/results/NAME.json`. */
export interface Result extends Findings {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The day of the run, YYYY-MM-DD. */
  readonly date: string;
  readonly seconds: number;
  /** The commit of the measured sources. */
  readonly commit: string;
  readonly machine: Machine;
}

/** The folder of the stored results. */
const resultsFolder: string = fileURLToPath(new URL("../../results/", import.meta.url));

/** Stores a result, and returns the path of its file. */
export function saveResult(result: Result): string {
  mkdirSync(resultsFolder, { recursive: true });
  const path = `${resultsFolder}${result.name}.json`;
  writeFileSync(path, `${resultJson(result)}\n`);
  return path;
}

/** Returns readable JSON with each row of a figure on one line, and numbers of at most five significant digits. */
export function resultJson(result: Result): string {
  const text = JSON.stringify(result, (_, value) => (typeof value === "number" ? rounded(value) : value), 2);
  return text.replaceAll(/\[[^[\]{}]*\]/g, (list) =>
    list
      .replaceAll(/\s*\n\s*/g, " ")
      .replace("[ ", "[")
      .replace(" ]", "]"),
  );
}

/** Reads all stored results, by name. */
export function readResults(folder: string = resultsFolder): readonly Result[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json") && file !== "notes.json");
  return files.sort().map((file) => JSON.parse(readFileSync(folder + file, "utf8")) as Result);
}

/** Reads the reasons for unmet aims, by the id of the aim. */
export function readNotes(folder: string = resultsFolder): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(`${folder}notes.json`, "utf8"));
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5));
}
