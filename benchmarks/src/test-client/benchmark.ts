import type { Aim, Benchmark } from "../harness/benchmark.ts";
import { runNode } from "../harness/child-process.ts";
import { compile } from "../harness/compile.ts";
import { errorSummary } from "../harness/error-summary.ts";
import { installPeers } from "../harness/install-peers.ts";
import type { Load } from "../harness/measure-load.ts";
import { packageVersion } from "../harness/package-version.ts";
import { measureRounds, pick, type RunContext, type Subject } from "../harness/run-context.ts";
import { type DatabaseServer, startPostgres, startRedis } from "./database-servers.ts";

const OURS = "cloudtask/testing";
const BULLMQ = "BullMQ with Redis";
const PG_BOSS = "pg-boss with Postgres";

const aims: readonly Aim[] = [BULLMQ, PG_BOSS].map((against) => ({
  id: `test-client-${against.split(" ")[0]?.toLowerCase()}`,
  figure: "rate",
  row: OURS,
  against,
  min: 5,
}));

/** Measures tests of code that pushes tasks. */
export const benchmark: Benchmark = {
  name: "test-client",
  title: "Tasks in a test",
  summary:
    "10,000 tasks are pushed one by one, 64 at the same time, and run, as in a test of the code that pushes them. `testClient()` does both " +
    "in the process of the test. The others need their servers, which are started before and have no durability.",
  async run(context) {
    const built = await compile("test-client", ["cloudtask-process", "bullmq-process", "pg-boss-process"]);
    const count = context.isQuick ? 2_000 : 10_000;
    const servers: DatabaseServer[] = [];
    const versions: Record<string, string> = { cloudtask: packageVersion("cloudtask") };
    const remarks: string[] = [];
    const peers = await findPeers(context, built, { count, servers, versions, remarks });
    const ours = { name: OURS, measure: () => runNode<Load>(built("cloudtask-process"), { args: [count] }) };
    try {
      const rounds = await measureRounds(context, 3, [ours, ...peers]);
      const rows = (value: (load: Load) => number) =>
        [ours, ...peers].map(({ name }) => ({ name, rounds: pick(rounds.of(name), value) }));
      return {
        figures: [
          { id: "rate", title: "Tasks per second", unit: "", rows: rows(({ perSecond }) => perSecond) },
          { id: "cpu", title: "CPU of the test per task", unit: "µs", rows: rows(({ cpuUs }) => cpuUs) },
        ],
        aims,
        versions,
        remarks: [...remarks, ...rounds.failures],
      };
    } finally {
      for (const { stop } of servers) await stop();
    }
  },
};

interface Found {
  readonly count: number;
  readonly servers: DatabaseServer[];
  readonly versions: Record<string, string>;
  readonly remarks: string[];
}

/** Starts the servers of the peers that are available on this machine. */
async function findPeers(
  { progress }: RunContext,
  built: (name: string) => string,
  { count, servers, versions, remarks }: Found,
): Promise<Subject<Load>[]> {
  const subjects: Subject<Load>[] = [];
  for (const { name, packageName, server, start, script, address } of [
    {
      name: BULLMQ,
      packageName: "bullmq",
      server: "Redis",
      start: startRedis,
      script: "bullmq-process",
      address: String,
    },
    {
      name: PG_BOSS,
      packageName: "pg-boss",
      server: "Postgres",
      start: startPostgres,
      script: "pg-boss-process",
      address: (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    },
  ]) {
    const started = await start().catch(errorSummary);
    if (typeof started === "string") {
      remarks.push(`${name}: not measured: ${started}`);
      continue;
    }
    servers.push(started);
    const folder = await installPeers("queues", progress);
    versions[packageName] = packageVersion(packageName, folder);
    versions[server] = started.version;
    const args = [count, folder, address(started.port)];
    subjects.push({ name, measure: () => runNode<Load>(built(script), { args }) });
  }
  return subjects;
}
