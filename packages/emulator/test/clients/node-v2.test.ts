import { test } from "vitest";
import { type CaseOf, casesOf } from "./cases.ts";
import { v2Bench } from "./node/bench.ts";
import { queueCases, type V2Case } from "./node/queues.ts";
import { refusalCases } from "./node/refusals.ts";
import { taskCases } from "./node/tasks.ts";

const implementations: Readonly<Record<CaseOf<"v2">, V2Case>> = { ...queueCases, ...taskCases, ...refusalCases };

const runs = (["grpc", "rest"] as const).flatMap((wire) =>
  casesOf("v2").map(({ name, holds }) => [wire, name, holds] as const),
);

test.each(runs)("node-%s %s: %s", async (wire, name) => {
  await using bench = await v2Bench(wire);
  await implementations[name](bench);
});
