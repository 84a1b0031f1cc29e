import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { bundleScript } from "../../../../test/support/bundle-script.ts";

const SCRIPT = fileURLToPath(new URL("./counting-api-process.ts", import.meta.url));

/** An API in a process of its own, so a busy client does not slow it down. */
export interface CountingApi {
  readonly origin: string;
  /** The number of different payloads, and of all creates. */
  counts(): Promise<{ readonly tasks: number; readonly creates: number }>;
}

/** Starts an API that answers each create after `answerMs`, until the end of the test. */
export async function startCountingApi(answerMs: number): Promise<CountingApi> {
  const child = fork(await bundleScript(SCRIPT), [String(answerMs)], { execArgv: [] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [{ port }] = await once(child, "message");
  return {
    origin: `http://127.0.0.1:${port}`,
    async counts() {
      const answered = once(child, "message");
      child.send("counts");
      return (await answered)[0];
    },
  };
}
