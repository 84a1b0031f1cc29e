import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeOnSignal, cloudTaskListener } from "../../src/adapters/node.ts";
import { CloudTaskClient, createWorker, depends } from "../../src/index.ts";

/** How the process is to behave; its argument, as JSON. */
export interface Serving {
  readonly port?: number;
  readonly grace?: number;
  /** Whether the pool cannot be closed. */
  readonly broken?: boolean;
  /** Whether `onClosed` is given. */
  readonly told?: boolean;
  /** Whether something else keeps the process, and `exit` is asked for. */
  readonly kept?: boolean;
}

/** A worker in a process of its own, closed by signals. What happens in it stands on stdout, a word or two a line. */
const { port = 0, grace, broken = false, told = false, kept = false }: Serving = JSON.parse(process.argv[2] ?? "{}");
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

const getPool = depends(
  async function* () {
    yield { size: 1 };
    if (broken) throw new Error("still in use");
    say("pool closed");
  },
  { scope: "app", name: "pool" },
);
const getDb = depends({ pool: getPool }, async function* ({ delivery }) {
  yield "session";
  say(`commit ${delivery.id}`);
});
const client = new CloudTaskClient({ url: "http://worker.test/", secret: "s3cret" });
client.task("work", {
  deps: { db: getDb },
  run: async (ms: number, { delivery }) => {
    say(`start ${delivery.id}`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    say(`${delivery.signal.aborted ? "cut" : "end"} ${delivery.id}`);
  },
});
client.task("heed", (_: undefined, { delivery: { signal } }) => {
  const start = performance.now();
  say("waiting");
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      say(`aborted ${Math.round(performance.now() - start)} ${signal.reason.message}`);
      reject(signal.reason);
    });
  });
});
client.task("hang", { run: () => new Promise(() => say("hanging")) });

const worker = createWorker(client);
const server = createServer(cloudTaskListener(worker));
if (kept) setInterval(() => undefined, 60_000);
closeOnSignal(worker, {
  server,
  client,
  exit: kept,
  ...(grace !== undefined && { grace }),
  ...(told && { onClosed: ({ signal, error }) => say(`closed by ${signal}: ${error}`) }),
});
server.listen(port, "127.0.0.1", () => say(`port ${(server.address() as AddressInfo).port}`));
