import { createTables } from "./database.ts";
import { DeliveryLog } from "./delivery-log.ts";
import { startLocalEnvironment } from "./local-environment.ts";
import { log } from "./output.ts";
import { printIntroduction, printReport } from "./report.ts";
import { runScenarios } from "./run-scenarios.ts";
import { StoppedError, stopSignal } from "./stop-signal.ts";
import { createApp } from "./worker.ts";

const LIMIT_MS = 60_000;

try {
  process.exitCode = (await demo(stopSignal(LIMIT_MS))) ? 0 : 1;
} catch (error) {
  log.failed(error);
  process.exitCode = error instanceof StoppedError ? error.exitCode : 1;
}

/** @returns `true` if every check passed */
async function demo(signal: AbortSignal): Promise<boolean> {
  await using local = await startLocalEnvironment();
  // Imported late: these modules read the URLs of the emulator and the worker from the environment.
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
  const results = await runScenarios(scenarios, { emulator: local.emulator, deliveries, signal });
  return printReport(results, deliveries.of());
}
