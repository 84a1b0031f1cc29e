import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { bundleScript } from "../../../../test/support/bundle-script.ts";
import { deliveryOf } from "./deliveries.ts";
import type { Serving } from "./serve-until-signal.ts";

/** A worker in a process of its own. */
export interface ServingProcess {
  readonly port: number;
  /** The lines that it has printed so far. */
  readonly lines: readonly string[];
  /** The text on stderr. */
  readonly errors: () => string;
  /** Resolves with the n-th line that starts with these words, once it has been printed. */
  printed(words: string, count?: number): Promise<string>;
  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Sends it a delivery. */
  deliver(task: string, payload?: unknown): Promise<number>;
  /** The exit of the process. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

const SCRIPT = fileURLToPath(new URL("./serve-until-signal.ts", import.meta.url));

/** Starts a process for one test. Resolves once it listens. */
export async function startServing(serving: Serving = {}, script: string = SCRIPT): Promise<ServingProcess> {
  // With these variables, the server of some frameworks ignores signals.
  const { CI: _, TEST: __, ...env } = process.env;
  const child = spawn(process.execPath, [await bundleScript(script), JSON.stringify(serving)], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(([[code, signal]]) => ({
    code,
    signal,
  }));
  const printed = async (words: string, count = 1): Promise<string> => {
    for (;;) {
      const found = lines.filter((line) => line.startsWith(words))[count - 1];
      if (found !== undefined) return found;
      await Promise.race([
        once(reader, "line"),
        ended.then(() => Promise.reject(new Error(`the process ended: ${lines} ${errors}`))),
      ]);
    }
  };
  const port = Number((await printed("port")).split(" ")[1]);
  const deliver = async (task: string, payload?: unknown): Promise<number> => {
    const { headers } = deliveryOf({ task }, { "X-CloudTask-Secret": "s3cret-key" });
    const body = JSON.stringify({ task, payload });
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body })).status;
  };
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return { port, lines, errors: () => errors, printed, signal, deliver, ended };
}
