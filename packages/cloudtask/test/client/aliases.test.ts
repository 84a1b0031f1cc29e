import { expect, test } from "vitest";
import { createWorker } from "../../src/index.ts";
import { apiServer, clientOf, taskAt } from "../support/api-server.ts";
import { deliveryOf } from "../support/deliveries.ts";

test("tasks that were queued under an old name still run, as the definition's own", async () => {
  const client = clientOf(undefined);
  const seen: unknown[] = [];
  client.task("charge-card", {
    aliases: ["pay", "billing/charge"],
    run: (payload: number, { delivery }) => void seen.push([delivery.task, payload]),
  });
  const worker = createWorker(client, { allowUnauthenticated: true });
  for (const [index, task] of ["pay", "billing/charge", "charge-card"].entries()) {
    expect((await worker.fetch(deliveryOf({ task, payload: index }))).status).toBe(200);
  }
  expect(seen).toEqual([
    ["charge-card", 0],
    ["charge-card", 1],
    ["charge-card", 2],
  ]);
});

test("it pushes and names its tasks under its present name", async () => {
  const api = await apiServer();
  await clientOf(api)
    .task("new", { aliases: ["old"], run: () => 1 })()
    .push({ name: "n" });
  await clientOf(api)
    .task("new", () => 1)()
    .push({ name: "n" });
  expect(taskAt(api).httpRequest.headers["CloudTask-Name"]).toBe("new");
  expect(taskAt(api).name).toBe(taskAt(api, 1).name);
});

test.each<[string, { readonly name: string; readonly aliases: readonly string[] }, RegExp]>([
  [
    "a name that is an alias already",
    { name: "old", aliases: [] },
    /^two task definitions are named "old", one at .*aliases\.test.* \(an alias of "first"\) and one at .*aliases\.test/,
  ],
  [
    "an alias that is a name already",
    { name: "x", aliases: ["first"] },
    /"first", one at .* and one at .* \(an alias of "x"\)/,
  ],
  ["an alias that is one already", { name: "x", aliases: ["y", "old"] }, /"old", one .*"first"\) and one .*"x"\)/],
])("%s is rejected, with the places of both definitions", (_, { name, aliases }, message) => {
  const client = clientOf(undefined);
  client.task("first", { aliases: ["old"], run: () => 1 });
  expect(() => client.task(name, { aliases, run: () => 1 })).toThrow(message);
  expect(() => client.task("y", () => 1)).not.toThrow();
});

test.each<[string, unknown, string]>([
  ["its own name", ["t"], 'client.task("t"): the alias "t" repeats the name or another alias'],
  ["a repeated name", ["a", "a"], 'the alias "a" repeats the name or another alias'],
  ["an invalid name", ["a b"], 'client.task("t"): the alias "a b": a name consists of 1 to 200 letters'],
  ["a string", "old", '`aliases` must be a list of names such as ["old-name"], received string'],
])("%s is rejected as aliases", (_, aliases, message) => {
  const options = { aliases: aliases as string[], run: () => 1 };
  expect(() => clientOf(undefined).task("t", options)).toThrow(message);
});
