/**
 * Runs in a new process: loads one peer, pushes once, and prints the time, the CPU time and the number of loaded files as JSON. The
 * files are counted afterwards, and not at all if they are built into Node.
 */
import { Session } from "node:inspector/promises";
import type { OpenPeer } from "../push/peer.ts";

/** The measurements of one process. */
export interface FirstPush {
  readonly importMs: number;
  /** From before the import to the answer of the first push. */
  readonly readyMs: number;
  readonly cpuMs: number;
  readonly files: number;
}

const [module = "", port = ""] = process.argv.slice(2);
const cpu = process.cpuUsage();
const startedAt = performance.now();
const { open } = (await import(module)) as { readonly open: OpenPeer };
const importMs = performance.now() - startedAt;
const peer = open(Number(port));
await peer.push();
const readyMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(cpu);

const session = new Session();
session.connect();
const loaded = new Set<string>();
session.on("Debugger.scriptParsed", ({ params }) => loaded.add(params.url));
await session.post("Debugger.enable");
const files = [...loaded].filter((url) => url.startsWith("file:") && !url.endsWith("/first-push.js")).length;
const measurement: FirstPush = { importMs, readyMs, cpuMs: (user + system) / 1000, files };
console.log(JSON.stringify(measurement));
await peer.close();
process.exit();
