import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { deliveryOf } from "./deliveries.ts";
import type { Serving } from "./serve-until-signal.ts";

/** A worker in a process of its own. */
export interface ServingProcess {
  readonly port: number;
  /** What it has said so far, a line each. */
  readonly lines: readonly string[];
  /** What it complained of. */
  readonly complaints: () => string;
  /** Resolves with the line once it has said so many that begin with these words. */
  said(words: string, times?: number): Promise<string>;
  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends it a delivery. */
  deliver(task: string, payload?: unknown): Promise<number>;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const SCRIPT = fileURLToPath(new URL("./serve-until-signal.ts", import.meta.url));

/**
 * Starts it, until the test is over.
 *
 * @param serving - how it is to behave
 * @returns the process, once it listens
 */
export async function startServing(serving: Serving = {}): Promise<ServingProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, JSON.stringify(serving)]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  let complaints = "";
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(([[code, signal]]) => ({
    code,
    signal,
  }));
  const said = async (words: string, times = 1): Promise<string> => {
    for (;;) {
      const found = lines.filter((line) => line.startsWith(words))[times - 1];
      if (found !== undefined) return found;
      await Promise.race([
        once(reader, "line"),
        ended.then(() => Promise.reject(new Error(`it ended: ${lines} ${complaints}`))),
      ]);
    }
  };
  const port = Number((await said("port")).split(" ")[1]);
  const deliver = async (task: string, payload?: unknown): Promise<number> => {
    const { headers } = deliveryOf({ task }, { "X-CloudTask-Secret": "s3cret" });
    const body = JSON.stringify({ task, payload });
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body })).status;
  };
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return { port, lines, complaints: () => complaints, said, signal, deliver, ended };
}
