/** Runs cases of the adapter suite that need the worker in their process. Each line on stdin is the title of a case. */
import { createInterface } from "node:readline";
import { ADAPTER_CASES } from "../../../packages/cloudtask/test/adapters/cases/adapter-cases.ts";
import { Stage } from "../../../packages/cloudtask/test/support/adapter-scene.ts";
import { resolveTraits } from "../../../packages/cloudtask/test/support/adapter-traits.ts";
import { MOUNTS, WORKER_MOUNTS } from "./mounts.ts";

const name = process.argv[2] ?? "";
const mount = MOUNTS[name];
if (mount === undefined) throw new Error(`expected a mount, received ${name}`);
const stage = new Stage(mount, resolveTraits({ mountWorker: WORKER_MOUNTS[name] }));
for await (const line of createInterface({ input: process.stdin })) {
  const found = ADAPTER_CASES.find(({ title }) => title === line);
  const outcome = found === undefined ? "unknown" : await stage.play(found).then(() => "passed", String);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
await stage.close();
