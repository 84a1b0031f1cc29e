import { errorSummary } from "../../harness/error-summary.ts";
import type { RunContext } from "../../harness/run-context.ts";
import { findInMemory, findOnDisk } from "./cloudtask.ts";
import { findGo } from "./go.ts";
import type { EmulatorPeer, FindEmulator } from "./peer.ts";
import { findRust } from "./rust.ts";

const sources = { memory: findInMemory, disk: findOnDisk, rust: findRust, go: findGo } satisfies Record<
  string,
  FindEmulator
>;

/** The emulators of a run. */
export interface Emulators {
  readonly peers: readonly EmulatorPeer[];
  readonly versions: Readonly<Record<string, string>>;
  /** For each emulator that is not available, the reason. */
  readonly remarks: readonly string[];
}

/** Finds emulators, ours first, and builds those of others. */
export async function findEmulators(
  { progress }: RunContext,
  built: (name: string) => string,
  names: readonly (keyof typeof sources)[],
): Promise<Emulators> {
  const peers: EmulatorPeer[] = [];
  const remarks: string[] = [];
  for (const name of names) {
    const peer = await sources[name](progress, built).catch((error) => `the build failed: ${errorSummary(error)}`);
    if (typeof peer === "string") remarks.push(`${name}: not measured: ${peer}`);
    else peers.push(peer);
  }
  return { peers, remarks, versions: Object.fromEntries(peers.map(({ name, version }) => [name, version])) };
}
