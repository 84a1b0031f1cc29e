import { EventEmitter } from "node:events";
import type { Emulator } from "@cloudtask/emulator";
import { runCommand } from "../../src/run-command.ts";
import { temporaryFolder } from "./folder.ts";

/** `cloudtask dashboard` in this process. */
export interface OpenDashboard extends AsyncDisposable {
  /** The address without a slash at its end. */
  readonly url: string;
  /** The output on stderr so far. */
  err(): string;
  /** Sends a signal, and resolves with the exit code. */
  stop(): Promise<number>;
}

/**
 * Runs `cloudtask dashboard` over the API of an emulator as if it was that of Google Cloud: with a token, by the endpoint of gcloud's
 * own variables.
 */
export async function openDashboard(cloud: Emulator, ...args: readonly string[]): Promise<OpenDashboard> {
  const folder = await temporaryFolder();
  const env = {
    CLOUDSDK_CONFIG: folder.path,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: `${cloud.url}/`,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: await folder.write("token", "secret-token\n"),
  };
  const signals = new EventEmitter();
  const errors: string[] = [];
  let opened: (line: string) => void;
  const line = new Promise<string>((resolve) => {
    opened = resolve;
  });
  const terminal = {
    out: (text: string) => opened(text),
    err: (text: string) => void errors.push(text),
    paint: (_: string, text: string) => text,
    columns: undefined,
    isInteractive: false,
    ask: async () => "",
    progress: () => undefined,
  };
  const where = ["--project", cloud.project, "--location", cloud.location];
  const process = Object.assign(signals, { env, exit: () => undefined }) as unknown as NodeJS.Process;
  const running = runCommand(["dashboard", "--json", "--port", "0", ...where, ...args], { terminal, process });
  const first = await Promise.race([line, running.then((code) => `exit code ${code}: ${errors.join("\n")}`)]);
  const { url } = JSON.parse(first) as { readonly url: string };
  const stop = async (): Promise<number> => {
    signals.emit("SIGINT");
    const code = await running;
    await folder[Symbol.asyncDispose]();
    return code;
  };
  return {
    url: url.replace(/\/$/, ""),
    err: () => errors.join("\n"),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
