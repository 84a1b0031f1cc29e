import { onTestFinished } from "vitest";
import type { App } from "./start-app.ts";

const INTERVAL_MS = 50;

/** Each task causes four events: it is created, an attempt starts, the attempt finishes, the task is deleted. */
const EVENTS_PER_TASK = 4;

/** Tasks that are created and delivered at a steady rate. */
export interface EventLoad {
  /** The number of events so far. */
  count(): number;
}

/** Creates tasks in the queue `busy`, whose deliveries are answered by a fault, until the test ends. */
export function startEventLoad(app: App, eventsPerSecond: number): EventLoad {
  app.emulator.faults.add({ on: "delivery", queue: "busy", status: 200, times: "always" });
  let events = 0;
  app.emulator.on("attempt", () => {
    events += 1;
  });
  app.emulator.on("task", () => {
    events += 1;
  });
  const parent = app.queue("busy");
  const size = Math.ceil((eventsPerSecond / EVENTS_PER_TASK) * (INTERVAL_MS / 1_000));
  const task = { httpRequest: { url: app.target, headers: { "CloudTask-Name": "tick" } } };
  const body = JSON.stringify({ requests: Array.from({ length: size }, () => ({ parent, task })) });
  const timer = setInterval(() => {
    void fetch(`${app.url}/v2beta3/${parent}/tasks:batchCreate`, { method: "POST", body }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
  }, INTERVAL_MS);
  onTestFinished(() => clearInterval(timer));
  return { count: () => events };
}
