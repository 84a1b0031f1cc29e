/** Payloads without a schema, and tasks that push themselves. Lines below `@ts-expect-error` must not compile. */
import { CloudTaskClient } from "cloudtask";

export const client = new CloudTaskClient({ url: "https://a.test/tasks", secret: "s3cret-key" });

// @ts-expect-error payload.born is a Date
client.task("date", async (user: { born: Date }) => user.born.getTime());
// @ts-expect-error payload.lines[].total is a bigint
client.task("bigint", { run: async (order: { lines: { total: bigint }[] }) => order.lines.length });
// @ts-expect-error payload.stock is a Map
client.declare<{ stock: Map<string, number> }>("map");
// @ts-expect-error the parameter has no type
client.task("untyped", async (user) => user.email);

const serialized = new CloudTaskClient({ url: "https://a.test/tasks", serializer: JSON });
serialized.task("date", async (user: { born: Date; ids: Set<number> }) => user.born.getTime());

// The annotation of the result lets the compiler infer the type of the definition before it reads the handler.
export const countDown = client.task("count-down", async (from: number): Promise<number> => {
  if (from > 0) await countDown(from - 1).push();
  return from;
});

// @ts-expect-error TS7022: the result depends on the definition itself
const endless = client.task("endless", async (from: number) => {
  return from > 0 ? endless(from - 1).push() : undefined;
});
