import { appendFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { CloudTaskClient, createWorker, type Delivery } from "cloudtask";
import { closeOnSignal, cloudTaskListener } from "cloudtask/node";

/** Runs a worker in a separate process. It writes its events to a file, and listens on the port that its parent sends. */
const { MARKS = "", GRACE = "" } = process.env;

function mark(event: string, delivery?: Delivery): void {
  appendFileSync(MARKS, `${event} ${process.pid} ${Date.now()} ${delivery?.id ?? ""} ${delivery?.attempt ?? ""}\n`);
}

/** Marks every rejected delivery, before its response is sent. */
function markRejections(outgoing: ServerResponse): ServerResponse {
  const { writeHead } = outgoing;
  outgoing.writeHead = (status: number, ...rest: never[]): ServerResponse => {
    if (status === 503) mark("rejected");
    return writeHead.call(outgoing, status, ...rest);
  };
  return outgoing;
}

const client = new CloudTaskClient({ url: "http://127.0.0.1/", secret: "s3cret-key" });

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
const server = createServer((incoming, outgoing) => void listener(incoming, markRejections(outgoing)));

/** Without its parent, no process would end this one. */
const exitAsOrphan = (): never => process.exit(1);

process.on("disconnect", exitAsOrphan);
process.on("SIGTERM", () => mark("term"));
closeOnSignal(worker, {
  server,
  client,
  grace: Number(GRACE),
  onClosed: () => {
    mark("closed");
    // The process must now end without process.exit(); only the channel to the parent keeps it alive.
    process.off("disconnect", exitAsOrphan);
    process.disconnect();
  },
});

process.on("message", (port: number) => {
  server.listen(port, "127.0.0.1", () => process.send?.(server.address()));
});
process.send?.("ready");
