/** Mounts the adapter suite's tasks for each line on stdin, which contains worker options, and prints the origin. */
import { createInterface } from "node:readline";
import { makeTasks } from "../../../packages/cloudtask/test/adapters/tasks.ts";
import { MOUNTS } from "./mounts.ts";

const mount = MOUNTS[process.argv[2] ?? ""];
if (mount === undefined) throw new Error(`expected a mount, received ${process.argv[2]}`);
for await (const line of createInterface({ input: process.stdin })) {
  const { origin } = await mount(makeTasks(), JSON.parse(line));
  process.stdout.write(`${origin}\n`);
}
