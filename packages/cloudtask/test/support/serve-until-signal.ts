import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeOnSignal, cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";

/** Behaviour of the process: its argument, as JSON. */
export interface Serving {
  readonly port?: number;
  readonly grace?: number;
  /** Whether closing the pool fails. */
  readonly broken?: boolean;
  /** Whether to pass `onClosed`. */
  readonly withHook?: boolean;
  /** Whether something else keeps the process running, with `exit` set. */
  readonly keptAlive?: boolean;
}

/** A worker in a process of its own, closed by signals. It prints its events to stdout, one per line. */
const {
  port = 0,
  grace,
  broken = false,
  withHook = false,
  keptAlive = false,
}: Serving = JSON.parse(process.argv[2] ?? "{}");
const print = (line: string): unknown => process.stdout.write(`${line}\n`);

const getPool = depends(
  async function* () {
    yield { size: 1 };
    if (broken) throw new Error("still in use");
    print("pool closed");
  },
  { scope: "app", name: "pool" },
);
const getDb = depends({ pool: getPool }, async function* ({ delivery }) {
  yield "session";
  print(`commit ${delivery.id}`);
});
const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret-key" });
client.task("work", {
  deps: { db: getDb },
  run: async (ms: number, { delivery }) => {
    print(`start ${delivery.id}`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    print(`${delivery.signal.aborted ? "cut" : "end"} ${delivery.id}`);
  },
});
client.task("heed", (_: undefined, { delivery: { signal } }) => {
  const start = performance.now();
  print("waiting");
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      print(`aborted ${Math.round(performance.now() - start)} ${signal.reason.message}`);
      reject(signal.reason);
    });
  });
});
client.task("hang", { run: () => new Promise(() => print("hanging")) });

const worker = createWorker(client);
const server = createServer(cloudTaskListener(worker));
if (keptAlive) setInterval(() => undefined, 60_000);
closeOnSignal(worker, {
  server,
  client,
  exit: keptAlive,
  ...(grace !== undefined && { grace }),
  ...(withHook && { onClosed: ({ signal, error }) => print(`closed by ${signal}: ${error}`) }),
});
server.listen(port, "127.0.0.1", () => print(`port ${(server.address() as AddressInfo).port}`));
