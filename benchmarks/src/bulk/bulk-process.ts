/** Measures one peer in a new process: `node bulk-process.js <peer> <port> <count>`. Prints a `Load` as JSON. */
import { measureLoad } from "../harness/measure-load.ts";
import { peers } from "./peers.ts";

const WARM_UP = 5_000;
const [name = "", port = "", tasks = ""] = process.argv.slice(2);
const peer = peers[name];
if (peer === undefined) throw new Error(`unknown peer ${name}`);
const count = Math.ceil(Number(tasks) * peer.share);
const { create, close } = peer.open(Number(port));
await create(WARM_UP);
console.log(JSON.stringify(await measureLoad(count, () => create(count))));
await close();
process.exit();
