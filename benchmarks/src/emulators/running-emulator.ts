import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { kill } from "../harness/child-process.ts";
import { cacheDirectory } from "../harness/peer-cache.ts";
import type { EmulatorPeer } from "./peers/peer.ts";

const START_TIMEOUT_MS = 30_000;

/** A running emulator process. */
export class RunningEmulator {
  readonly port: number;
  /** The time of the spawn, by `performance.now()`. */
  readonly spawnedAt: number;
  readonly #child: ChildProcess;
  readonly #scratch: string;

  private constructor(port: number, child: ChildProcess, scratch: string) {
    this.port = port;
    this.spawnedAt = performance.now();
    this.#child = child;
    this.#scratch = scratch;
  }

  static async spawn(peer: EmulatorPeer): Promise<RunningEmulator> {
    const port = await freePort();
    const scratch = await mkdtemp(join(await cacheDirectory("scratch"), "state-"));
    const { file, args, env } = peer.command(port, scratch);
    const child = spawn(file, args, { stdio: "ignore", cwd: scratch, env: { ...process.env, ...env } });
    await once(child, "spawn");
    return new RunningEmulator(port, child, scratch);
  }

  /**
   * Waits until its port accepts connections. A gRPC client whose first connection fails would wait for a second.
   *
   * @throws Error if the process ends, or on a timeout
   */
  async listening(): Promise<void> {
    while (!(await connects(this.port))) {
      const { exitCode, signalCode, spawnargs } = this.#child;
      const ended = exitCode ?? signalCode;
      if (ended !== null) throw new Error(`the emulator exited with ${ended}: ${spawnargs.join(" ")}`);
      if (performance.now() > this.spawnedAt + START_TIMEOUT_MS) {
        throw new Error(`the emulator accepts no connections after ${START_TIMEOUT_MS} ms: ${spawnargs.join(" ")}`);
      }
      await delay(2);
    }
  }

  /** @returns the CPU time of its process so far in seconds, user and system; NaN without /proc */
  async cpuSeconds(): Promise<number> {
    const fields = (await this.#proc("stat")).split(") ")[1]?.split(" ") ?? [];
    // Fields 14 and 15 are utime and stime, in ticks: 100 per second on every Linux that Node supports.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** @returns the peak memory of its process so far in MiB; NaN without /proc */
  async peakMemory(): Promise<number> {
    return Number(/VmHWM:\s+(\d+)/.exec(await this.#proc("status"))?.[1]) / 1024;
  }

  async stop(): Promise<void> {
    await kill(this.#child);
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async #proc(file: string): Promise<string> {
    return readFile(`/proc/${this.#child.pid}/${file}`, "utf8").catch(() => "");
  }
}

async function connects(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const connected = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return connected;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
