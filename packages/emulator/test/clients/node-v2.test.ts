import { test } from "vitest";
import { type CaseOf, casesOf } from "./cases.ts";
import { v2Bench } from "./node/bench.ts";
import { queueCases, type V2Case } from "./node/queues.ts";
import { rejectionCases } from "./node/rejections.ts";
import { taskCases } from "./node/tasks.ts";

const implementations: Readonly<Record<CaseOf<"v2">, V2Case>> = { ...queueCases, ...taskCases, ...rejectionCases };

const runs = (["grpc", "rest"] as const).flatMap((wire) =>
  casesOf("v2").map(({ name, behaviour }) => [wire, name, behaviour] as const),
);

test.each(runs)("node-%s %s: %s", async (wire, name) => {
  await using bench = await v2Bench(wire);
  await implementations[name](bench);
});
