import type { Emulator } from "@cloudtask/emulator";
import { VERSION } from "cloudtask/internal";
import type { Terminal } from "../terminal.ts";

/** @returns the one line of `--json` */
export function startJson(emulator: Emulator, dataDir: string | undefined): string {
  const { url, host, project, location, queues } = emulator;
  return JSON.stringify({ url, host, project, location, queues, dataDir: dataDir ?? null });
}

/** @returns what a person wants to know of an emulator that has just started */
export function startText(emulator: Emulator, dataDir: string | undefined, paint: Terminal["paint"]): string {
  const { url, host, project, location, queues } = emulator;
  const prefix = `projects/${project}/locations/${location}/queues/`;
  const names = queues.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  const rows: [string, string][] = [
    ["listens on", paint("strong", url)],
    ["for clients", `export CLOUD_TASKS_EMULATOR_HOST=${host}`],
    ["place", `projects/${project}/locations/${location}`],
    ["queues", names.join(", ") || "none"],
    ["data", dataDir ?? "in memory, gone when it stops"],
  ];
  const lines = rows.map(([label, value]) => `  ${paint("dim", label.padEnd(12))} ${value}`);
  return [`cloudtask emulator ${VERSION}`, "", ...lines, ""].join("\n");
}

/** @returns the last line: what is left of it */
export function stopText(dataDir: string | undefined): string {
  return dataDir === undefined
    ? "stopped; everything was in memory, and is gone"
    : `stopped; queues and tasks are kept in ${dataDir}`;
}

/**
 * Clients take the variable for where the emulator is, so one that points elsewhere is most likely a mistake.
 *
 * @param variable - CLOUD_TASKS_EMULATOR_HOST
 * @returns a remark, where clients of this shell would look elsewhere
 */
export function elsewhereText(variable: string | undefined, host: string): string | undefined {
  const loopback = (address: string): string =>
    address.trim().replace(/^(?:localhost|0\.0\.0\.0|\[::1?\])(?=:|$)/, "127.0.0.1");
  if (!variable?.trim() || loopback(variable) === loopback(host)) return undefined;
  return `note: CLOUD_TASKS_EMULATOR_HOST is ${variable.trim()} in this shell, and not ${host}`;
}
