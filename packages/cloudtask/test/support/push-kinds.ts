import type { PushOptions, Task } from "../../src/index.ts";
import { type PushScene, type SenderName, senders } from "./push-scene.ts";

/** A kind of push. The kinds differ in the effect of a repeated call. */
interface PushKind {
  readonly kind: "unnamed" | "named" | "idempotent";
  readonly name: string | undefined;
  readonly push: Pick<PushOptions, "idempotent">;
}

const kinds: readonly PushKind[] = [
  { kind: "unnamed", name: undefined, push: {} },
  { kind: "named", name: "order-17", push: {} },
  { kind: "idempotent", name: undefined, push: { idempotent: true } },
];

/** Combines each row of a table with each kind of push and each sender. */
export function everyWay<Row extends object>(
  rows: readonly Row[],
): readonly (Row & PushKind & { readonly sender: SenderName })[] {
  return rows.flatMap((row) => kinds.flatMap((kind) => senders.map(({ sender }) => ({ ...row, ...kind, sender }))));
}

/** Creates a task with the payload 17 and the name of its kind. */
export function orderOf({ client }: PushScene, { name }: Pick<PushKind, "name">): Task {
  const task = client.task("order", (_: number) => undefined)(17);
  task.name = name;
  return task;
}
