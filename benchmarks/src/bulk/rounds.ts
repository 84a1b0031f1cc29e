/** Runs in one process: measures all peers in interleaved rounds, and prints the results as JSON. */
import { bareLoop } from "./bare-loop.ts";
import { inBatches, oneByOne, push } from "./cloudtask.ts";
import { googleCloudTasks } from "./google-cloud-tasks.ts";
import type { OpenBulkPeer } from "./peer.ts";

/** The rate and the cost of one round. */
interface Round {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** The rounds of a peer. */
export interface Measured {
  readonly name: string;
  /** Tasks in all rounds together. */
  readonly count: number;
  readonly rounds: readonly Round[];
}

/** Single creates take several times as long, so fewer of them are measured. */
const SHARE_OF_SINGLES = 0.15;

const peers: readonly { readonly name: string; readonly open: OpenBulkPeer; readonly share: number }[] = [
  { name: "cloudtask, pushMany()", open: inBatches, share: 1 },
  { name: "cloudtask, pushMany({ batch: false })", open: oneByOne, share: SHARE_OF_SINGLES },
  { name: "cloudtask, push()", open: push, share: SHARE_OF_SINGLES },
  { name: "a bare loop over node:http", open: bareLoop, share: SHARE_OF_SINGLES },
  { name: "@google-cloud/tasks, REST", open: googleCloudTasks, share: SHARE_OF_SINGLES / 2 },
];

const [port = "", count = "", rounds = ""] = process.argv.slice(2);

async function measure(create: (count: number) => Promise<void>, tasks: number): Promise<Round> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  await create(tasks);
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (tasks * 1000) / (performance.now() - start), cpuUs: (user + system) / tasks };
}

const opened = peers.map(({ name, open, share }) => ({
  name,
  peer: open(Number(port)),
  tasks: Math.ceil((Number(count) * share) / Number(rounds)),
  rounds: [] as Round[],
}));
for (const { peer } of opened) await peer.create(Math.min(Number(count), 1_000));
for (let round = 0; round < Number(rounds); round += 1) {
  for (const each of opened) each.rounds.push(await measure((tasks) => each.peer.create(tasks), each.tasks));
}
await Promise.all(opened.map(({ peer }) => peer.close()));
const measured: Measured[] = opened.map(({ name, tasks, rounds: own }) => ({
  name,
  count: tasks * own.length,
  rounds: own,
}));
console.log(JSON.stringify(measured));
