/** Measures one peer in a new process: `node push-process.js <module> <port> <count>`. Prints a `PushMeasurement` as JSON. */
import { type Load, measureLoad } from "../harness/measure-load.ts";
import { repeat } from "../harness/repeat.ts";
import type { OpenPeer } from "./peer.ts";

/** The measurements of one process. */
export interface PushMeasurement extends Load {
  /** Resident memory after the first pushes, in MB. */
  readonly memoryMb: number;
}

const CONCURRENCY = 64;
const WARM_UP = 8_000;
const [module = "", port = "", count = ""] = process.argv.slice(2);
const { open } = (await import(module)) as { readonly open: OpenPeer };
const { push, close } = open(Number(port));
await repeat(WARM_UP, CONCURRENCY, push);
const memoryMb = process.memoryUsage.rss() / 1e6;
const load = await measureLoad(Number(count), () => repeat(Number(count), CONCURRENCY, push));
const measurement: PushMeasurement = { ...load, memoryMb };
console.log(JSON.stringify(measurement));
await close();
process.exit();
