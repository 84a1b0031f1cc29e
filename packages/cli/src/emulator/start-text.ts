import type { Emulator } from "@cloudtask/emulator";
import { VERSION } from "cloudtask/internal";
import type { Terminal } from "../terminal.ts";
import { lengthText } from "./attempt-line.ts";

/** Returns the line that `--json` prints. */
export function startJson(emulator: Emulator, dataDir: string | undefined): string {
  const { url, host, project, location, queues } = emulator;
  return JSON.stringify({ url, host, project, location, queues, dataDir: dataDir ?? null });
}

/** Returns the text about an emulator that has just started. */
export function startText(emulator: Emulator, dataDir: string | undefined, paint: Terminal["paint"]): string {
  const { url, host, project, location, queues, clockOffsetMs } = emulator;
  const prefix = `projects/${project}/locations/${location}/queues/`;
  const names = queues.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  const rows: [string, string][] = [
    ["listens on", paint("strong", url)],
    ["dashboard", `${url}/`],
    ["for clients", `export CLOUD_TASKS_EMULATOR_HOST=${host}`],
    ["location", `projects/${project}/locations/${location}`],
    ["queues", names.join(", ") || "none"],
    ["data", dataDir ?? "in memory, lost when the emulator stops"],
  ];
  if (clockOffsetMs > 0) {
    rows.push(["clock", `${lengthText(clockOffsetMs)} ahead of this machine; cloudtask reset --clock removes it`]);
  }
  const lines = rows.map(([label, value]) => `  ${paint("dim", label.padEnd(12))} ${value}`);
  return [`cloudtask emulator ${VERSION}`, "", ...lines, ""].join("\n");
}

/** Returns the last line, after the emulator has stopped. */
export function stopText(dataDir: string | undefined): string {
  return dataDir === undefined
    ? "stopped; queues and tasks were in memory and are lost"
    : `stopped; queues and tasks are stored in ${dataDir}`;
}

/**
 * Returns a note if CLOUD_TASKS_EMULATOR_HOST is set to another address than the emulator's. Clients in this shell would use that
 * address, which is most likely a mistake.
 *
 * @param variable - CLOUD_TASKS_EMULATOR_HOST
 */
export function hostMismatchNote(variable: string | undefined, host: string): string | undefined {
  const loopback = (address: string): string =>
    address.trim().replace(/^(?:localhost|0\.0\.0\.0|\[::1?\])(?=:|$)/, "127.0.0.1");
  if (!variable?.trim() || loopback(variable) === loopback(host)) return undefined;
  return `note: CLOUD_TASKS_EMULATOR_HOST is ${variable.trim()} in this shell, but the emulator listens on ${host}`;
}
