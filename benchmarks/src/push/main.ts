/**
 * Measures the cost of a push: tasks per second, CPU per task, time to the first push of a new process, and loaded files.
 * Compares cloudtask and Google's client, in interleaved rounds, against a server in a separate process.
 *
 *     npm run push -w @cloudtask/benchmarks -- --count 20000 --concurrency 32 --rounds 5
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { build } from "esbuild";
import { type OpenPeer, peers } from "./peer.ts";

type PeerName = keyof typeof peers;
interface Round {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const names = Object.keys(peers) as PeerName[];
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "20000" },
    concurrency: { type: "string", default: "32" },
    rounds: { type: "string", default: "5" },
  },
});
const [count, concurrency, rounds] = [values.count, values.concurrency, values.rounds].map(Number) as [
  number,
  number,
  number,
];

/** Compiles the peers to JavaScript first, cloudtask in one file as it is published, so no compiler is measured. */
async function buildAll(): Promise<void> {
  const entryPoints = [...names, "first-push", "api-server"].map((name) => here(`./${name}.ts`));
  await build({
    entryPoints,
    outdir: here("../../dist/push"),
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
}

async function startServer(): Promise<{ server: ChildProcess; port: number }> {
  const server = spawn(process.execPath, [here("../../dist/push/api-server.js")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(server.stdout, "data");
  return { server, port: Number(port) };
}

async function load(name: PeerName): Promise<OpenPeer> {
  const { open } = (await import(here(`../../dist/push/${name}.js`))) as { readonly open: OpenPeer };
  return open;
}

async function measure(push: () => Promise<string>, total: number): Promise<Round> {
  let started = 0;
  async function worker(): Promise<void> {
    while (started < total) {
      started += 1;
      await push();
    }
  }
  const start = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (total * 1000) / (performance.now() - start), cpuUs: (user + system) / total };
}

async function throughput(port: number): Promise<Record<PeerName, Round[]>> {
  const results: Record<PeerName, Round[]> = {
    "cloudtask-client": [],
    "cloudtask-node": [],
    "cloudtask-fetch": [],
    "google-cloud-tasks": [],
  };
  const opened = await Promise.all(names.map(async (name) => ({ name, peer: (await load(name))(port) })));
  for (const { peer } of opened) await measure(peer.push, Math.min(count, 2_000));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, peer } of opened) results[name].push(await measure(peer.push, Math.ceil(count / rounds)));
  }
  await Promise.all(opened.map(({ peer }) => peer.close()));
  return results;
}

async function firstPush(name: PeerName, port: number): Promise<{ readyMs: number; modules: number }> {
  const args = [here("../../dist/push/first-push.js"), here(`../../dist/push/${name}.js`), String(port)];
  const runs: { readyMs: number; modules: number }[] = [];
  for (let run = 0; run < 7; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    runs.push(JSON.parse(stdout));
  }
  return { readyMs: median(runs.map(({ readyMs }) => readyMs)), modules: median(runs.map(({ modules }) => modules)) };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("   "),
    );
  }
}

await buildAll();
const { server, port } = await startServer();
try {
  const results = await throughput(port);
  const rows: string[][] = [["", "tasks/s", "CPU µs/task", "first push ms", "files loaded"]];
  for (const name of names) {
    const { readyMs, modules } = await firstPush(name, port);
    const perSecond = median(results[name].map((round) => round.perSecond));
    const cpuUs = median(results[name].map((round) => round.cpuUs));
    rows.push([peers[name], perSecond.toFixed(0), cpuUs.toFixed(0), readyMs.toFixed(0), String(modules)]);
  }
  printTable(rows);
  console.log(
    `\n${count} creates each, ${concurrency} at a time, medians of ${rounds} interleaved rounds; first push: median of 7.`,
  );
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
} finally {
  server.kill();
}
