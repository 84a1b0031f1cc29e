import type { QueueEntry } from "../config/config.ts";

/**
 * Does for queues over the API what `createEmulator` takes no option for.
 *
 * @param url - of the emulator
 * @param queues - by their full names
 * @throws Error where the emulator refuses it
 */
export async function addQueueExtras(url: string, queues: readonly QueueEntry[]): Promise<void> {
  for (const { config, routing, paused } of queues) {
    const queue = `${url}/v2/${config.name}`;
    if (routing) {
      await call("PATCH", `${queue}?updateMask=appEngineRoutingOverride`, { appEngineRoutingOverride: routing });
    }
    if (paused) await call("POST", `${queue}:pause`, {});
  }
}

async function call(method: string, url: string, body: object): Promise<void> {
  const response = await fetch(url, { method, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url} was answered ${response.status}: ${await response.text()}`);
}
