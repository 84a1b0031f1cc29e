import { test } from "vitest";
import { casesOf } from "./cases.ts";
import { betaBench } from "./node/bench.ts";
import { betaCases } from "./node/beta.ts";

const runs = (["grpc", "rest"] as const).flatMap((wire) =>
  casesOf("batch", "beta").map(({ name, behaviour }) => [wire, name, behaviour] as const),
);

test.each(runs)("node-beta-%s %s: %s", async (wire, name) => {
  await using bench = await betaBench(wire);
  await betaCases[name](bench);
});
