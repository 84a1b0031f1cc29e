import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Measurements of a complete emulator behind HTTP. */
export interface ApiFigures {
  readonly perSecond: number;
  /** Milliseconds per create. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory per task, in bytes. */
  readonly bytes: number;
  /** Milliseconds from the start of the process until the emulator listens, with all tasks loaded. */
  readonly restartMs: number;
}

/** A running emulator process. */
interface EmulatorProcess {
  readonly process: ChildProcess;
  readonly url: string;
  /** Returns the resident memory, in bytes. */
  readonly memory: () => Promise<number>;
}

const CALLERS = 32;
const QUEUE = "projects/local-project/locations/us-central1/queues/default";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Creates tasks over REST, then restarts the emulator with them. */
export async function measureApi(directory: string, count: number): Promise<ApiFigures> {
  const first = await start(directory);
  const before = await first.memory();
  const startedAt = performance.now();
  const durations = await createAll(first.url, count);
  const perSecond = (count * 1000) / (performance.now() - startedAt);
  const bytes = ((await first.memory()) - before) / count;
  await stop(first);
  const restartedAt = performance.now();
  const second = await start(directory);
  const restartMs = performance.now() - restartedAt;
  await stop(second);
  return { perSecond, p50: quantile(durations, 0.5), p99: quantile(durations, 0.99), bytes, restartMs };
}

async function start(directory: string): Promise<EmulatorProcess> {
  const env = { ...process.env, TSX_TSCONFIG_PATH: here("../../../tsconfig.json") };
  const args = ["--expose-gc", "--import", "tsx", here("./emulator-process.ts"), directory];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  const memory = (): Promise<number> => {
    child.stdin.write("memory\n");
    return next().then(Number);
  };
  return { process: child, url: await next(), memory };
}

async function stop({ process: child }: EmulatorProcess): Promise<void> {
  child.stdin?.end();
  await once(child, "exit");
}

async function createAll(url: string, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CALLERS });
  const durations: number[] = [];
  let remaining = count;
  async function caller(): Promise<void> {
    while (remaining > 0) {
      remaining -= 1;
      const calledAt = performance.now();
      await create(url, agent);
      durations.push(performance.now() - calledAt);
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller));
  agent.destroy();
  return durations.sort((a, b) => a - b);
}

function create(url: string, agent: Agent): Promise<void> {
  const task = {
    scheduleTime: new Date(Date.now() + 2_000_000_000).toISOString(),
    httpRequest: {
      url: "http://127.0.0.1:8080/tasks/run",
      headers: { "Content-Type": "application/json" },
      body: Buffer.alloc(250, "x").toString("base64"),
    },
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/v2/${QUEUE}/tasks`, { method: "POST", agent }, (answer) => {
      answer.resume().on("end", answer.statusCode === 200 ? resolve : () => reject(new Error(`${answer.statusCode}`)));
    });
    call.on("error", reject).end(JSON.stringify({ task }));
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}
