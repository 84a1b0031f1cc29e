import { expect, test } from "vitest";
import { benchmarks } from "./list.ts";
import { readArguments } from "./read-arguments.ts";

test("without a name, all benchmarks run except the long ones", () => {
  const names = Object.keys(benchmarks).filter((name) => name !== "soak");
  expect(readArguments([])).toEqual({ names, rounds: undefined, isQuick: false });
  expect(readArguments(["--long"])).toMatchObject({ names: [...names, "soak"] });
});

test("names, rounds and --quick are read in any order", () => {
  const expected = { names: ["push", "worker"], rounds: 3, isQuick: true };
  expect(readArguments(["push", "--rounds", "3", "worker", "--quick"])).toEqual(expected);
});

test("--help names every benchmark and option", () => {
  const help = readArguments(["push", "--help"]);
  for (const each of [...Object.keys(benchmarks), "--quick", "--rounds", "--long"]) expect(help).toContain(each);
});

test.each([
  [["pusch"], "unknown benchmark pusch; expected start, push"],
  [["toString"], "unknown benchmark toString"],
  [["--rounds", "0"], "--rounds must be a positive integer, received 0"],
  [["--rounds", "two"], "--rounds must be a positive integer, received two"],
  [["--fast"], "Unknown option '--fast'"],
])("%j is rejected", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});
