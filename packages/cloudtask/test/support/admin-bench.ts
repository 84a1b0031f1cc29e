import { createEmulator, type Emulator, type EmulatorOptions } from "@cloudtask/emulator";
import { type ClientOptions, CloudTaskClient } from "cloudtask";
import { type Admin, createAdmin } from "cloudtask/admin";
import { onTestFinished } from "vitest";

/** An emulator with queues, a client that uses it, and an admin of the client. */
export interface AdminBench {
  readonly emulator: Emulator;
  readonly client: CloudTaskClient;
  readonly admin: Admin;
}

/** Starts an emulator with the paused queue `default`, so its tasks stay in it. */
export async function adminBench(
  options: { readonly emulator?: EmulatorOptions; readonly client?: Partial<ClientOptions> } = {},
): Promise<AdminBench> {
  const emulator = await createEmulator({ queues: { default: { paused: true } }, ...options.emulator });
  const client = new CloudTaskClient({
    url: "http://127.0.0.1:9/tasks",
    emulatorHost: emulator.host,
    secret: "s3cret-key",
    ...options.client,
  });
  onTestFinished(async () => {
    await client.close();
    await emulator.close();
  });
  return { emulator, client, admin: createAdmin(client) };
}
