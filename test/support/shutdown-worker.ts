import { appendFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { CloudTaskClient, createWorker, type Delivery } from "cloudtask";
import { closeOnSignal, cloudTaskListener } from "cloudtask/node";

/** A worker in a process of its own, which says in a file what it does when. It listens once it is told on which port. */
const { MARKS = "", GRACE = "" } = process.env;

function mark(what: string, delivery?: Delivery): void {
  appendFileSync(MARKS, `${what} ${process.pid} ${Date.now()} ${delivery?.id ?? ""} ${delivery?.attempt ?? ""}\n`);
}

/** Where a delivery is refused, the line before its answer says so. */
function marked(outgoing: ServerResponse): ServerResponse {
  const { writeHead } = outgoing;
  outgoing.writeHead = (status: number, ...rest: never[]): ServerResponse => {
    if (status === 503) mark("refused");
    return writeHead.call(outgoing, status, ...rest);
  };
  return outgoing;
}

const client = new CloudTaskClient({ url: "http://127.0.0.1/", secret: "s3cret" });

client.task("work", async (ms: number, { delivery }) => {
  mark("start", delivery);
  delivery.signal.addEventListener("abort", () => mark("abort", delivery));
  await wait(ms);
  mark("end", delivery);
});

client.task("outlast", async (_: undefined, { delivery }) => {
  mark("start", delivery);
  const aborted = new Promise<void>((resolve) => {
    delivery.signal.addEventListener("abort", () => resolve(mark("abort", delivery)));
  });
  if (delivery.attempt === 1) await aborted;
  mark("end", delivery);
});

const worker = createWorker(client);
const listener = cloudTaskListener(worker);
const server = createServer((incoming, outgoing) => void listener(incoming, marked(outgoing)));

/** Nobody is left who could end it. */
const orphaned = (): never => process.exit(1);

process.on("disconnect", orphaned);
process.on("SIGTERM", () => mark("term"));
closeOnSignal(worker, {
  server,
  client,
  grace: Number(GRACE),
  onClosed: () => {
    mark("closed");
    // It must end by itself, and only the parent keeps it now.
    process.off("disconnect", orphaned);
    process.disconnect();
  },
});

process.on("message", (port: number) => {
  server.listen(port, "127.0.0.1", () => process.send?.(server.address()));
});
process.send?.("ready");
