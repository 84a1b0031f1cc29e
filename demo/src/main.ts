import { createTables } from "./database.ts";
import { DeliveryLog } from "./delivery-log.ts";
import { startLocal } from "./local.ts";
import { log } from "./output.ts";
import { play } from "./play.ts";
import { printIntroduction, printReport } from "./report.ts";
import { StoppedError, stopSignal } from "./stop-signal.ts";
import { createApp } from "./worker.ts";

const LIMIT_MS = 60_000;

try {
  process.exitCode = (await demo(stopSignal(LIMIT_MS))) ? 0 : 1;
} catch (error) {
  log.failed(error);
  process.exitCode = error instanceof StoppedError ? error.exitCode : 1;
}

/** @returns whether every expectation held */
async function demo(signal: AbortSignal): Promise<boolean> {
  await using local = await startLocal();
  // Not before: these read from the environment where the emulator and the worker are.
  const { client } = await import("./tasks.ts");
  const { scenarios } = await import("./scenarios/index.ts");
  await using _ = client;
  createTables();

  const deliveries = new DeliveryLog();
  local.server.on("request", createApp(client, deliveries));
  deliveries.onAnswered((delivery) => {
    if (delivery.task !== "record-visit") log.delivery(delivery);
  });

  printIntroduction(local.emulator.url, local.workerUrl);
  const played = await play(scenarios, { emulator: local.emulator, deliveries, signal });
  return printReport(played, deliveries.of());
}
