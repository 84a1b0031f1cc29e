import { expect, test } from "vitest";
import { measureRounds, pick, type RunContext } from "./run-context.ts";

const context: RunContext = { isQuick: false, rounds: undefined, progress: () => undefined };

test("the subjects of a round run one after the other, in the reverse order in every second round", async () => {
  const order: string[] = [];
  const subject = (name: string) => ({ name, measure: async () => order.push(name) });
  await measureRounds(context, 3, [subject("a"), subject("b"), subject("c")]);
  expect(order.join("")).toBe("abccbaabc");
});

test.each([
  { isQuick: true, rounds: undefined, expected: 2 },
  { isQuick: false, rounds: undefined, expected: 5 },
  { isQuick: true, rounds: 3, expected: 3 },
])("with quick $isQuick and $rounds rounds requested, $expected of 5 rounds run", async (given) => {
  const { isQuick, rounds, expected } = given;
  const measured = await measureRounds({ ...context, isQuick, rounds }, 5, [{ name: "a", measure: async () => 1 }]);
  expect(measured.of("a")).toHaveLength(expected);
});

test("a subject that fails in one round keeps its other rounds, and does not stop the others", async () => {
  let calls = 0;
  const unsteady = async (): Promise<number> => {
    calls += 1;
    if (calls === 2) throw new Error("the server did not start");
    return calls;
  };
  const subjects = [
    { name: "unsteady", measure: unsteady },
    { name: "steady", measure: async () => 7 },
  ];
  const rounds = await measureRounds(context, 3, subjects);
  expect(pick(rounds.of("unsteady"), Number)).toEqual([1, null, 3]);
  expect(pick(rounds.of("steady"), Number)).toEqual([7, 7, 7]);
  expect(rounds.failures).toEqual(["unsteady: the server did not start"]);
});
