import { Session } from "node:inspector/promises";
import type { OpenPeer } from "./peer.ts";

/** Runs in a new process: loads one peer, pushes once, and prints the time that it took and the number of loaded files. */
const [module = "", port = ""] = process.argv.slice(2);
const start = performance.now();
const { open } = (await import(module)) as { readonly open: OpenPeer };
const peer = open(Number(port));
await peer.push();
const readyMs = performance.now() - start;

const session = new Session();
session.connect();
const files = new Set<string>();
session.on("Debugger.scriptParsed", ({ params }) => files.add(params.url));
await session.post("Debugger.enable");
const modules = [...files].filter((url) => url.startsWith("file:") && !url.endsWith("/first-push.js")).length;
console.log(JSON.stringify({ readyMs, modules }));
await peer.close();
process.exit();
