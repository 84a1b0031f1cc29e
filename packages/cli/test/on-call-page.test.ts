import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "@cloudtask/emulator";
import { CloudTaskClient, NonRetriableError } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { expect, onTestFinished, test } from "vitest";
import { runWith } from "./support/run-here.ts";

const page = readFileSync("docs/on-call.md", "utf8");
const SECRET = "the-secret-of-the-worker";
const OTHER = "the-secret-of-a-service";

/** The commands of each block, and the output that the page shows. */
const steps = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:```text\n([\s\S]*?)^```)?/gm)].map(
  ([, commands = "", output]) => ({ commands: commands.trimEnd().split("\n"), output }),
);

/** Replaces what differs between two runs: ids, times, durations and the width of columns. */
function comparable(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, "TIME")
    .replaceAll(/[\da-f]{32}|\d{12,}/g, "ID")
    .replaceAll(/\d+(?:\.\d+)? (?:ms|s|min|d)\b/g, "LENGTH")
    .replaceAll(/\d+ attempts? finished/g, "N attempts finished")
    .replaceAll(/ {2,}/g, "  ")
    .trimEnd();
}

/** Starts an emulator with the incident of the page. */
async function incident() {
  const retry = { minBackoff: "30s" };
  const queues = { mail: { retry }, "mail-dead": { paused: true }, payments: { paused: true } };
  const emulator = await createEmulator({ port: 0, queues });
  const { host: emulatorHost, project, location } = emulator;
  const place = { emulatorHost, project, location, deadLetter: "mail-dead", logger: { warn() {}, error() {} } };
  let listener: ReturnType<typeof cloudTaskListener>;
  const server = createServer((request, response) => void listener(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const worker = (secret: string | readonly string[], isMended: boolean) => {
    const client = new CloudTaskClient({ ...place, url, secret });
    const send = client.task("send-mail", {
      queue: "mail",
      run: async (city: string) => {
        if (!isMended && city === "berlin") throw new NonRetriableError("there is no route to berlin");
      },
    });
    const charge = client.task("charge-card", { queue: "payments", run: async () => {} });
    listener = cloudTaskListener(client);
    return { client, send, charge };
  };
  const other = worker(OTHER, false);
  const own = worker(SECRET, false);
  await own.client.pushMany(["berlin", "berlin"].map((city) => own.send(city)));
  await emulator.idle();
  await other.client.pushMany(["rome", "oslo", "bonn"].map((city) => other.send(city)));
  await own.client.pushMany([own.charge(), own.charge()]);
  await emulator.idle();
  onTestFinished(async () => {
    await emulator.close();
    server.close().closeAllConnections();
  });
  return { emulator, mend: () => worker([SECRET, OTHER], true) };
}

test("the commands of the page find and repair the incident, and print what the page shows", async () => {
  const { emulator, mend } = await incident();
  for (const [index, { commands, output }] of steps.entries()) {
    // The page repairs the worker before the third block.
    if (index === 2) mend();
    const printed: string[] = [];
    for (const command of commands) {
      const { code, out, err } = await runWith(
        { CLOUD_TASKS_EMULATOR_HOST: emulator.host },
        ...command.split(" ").slice(2),
      );
      expect([command, code]).toEqual([command, 0]);
      printed.push(...[out, err].filter((text) => text !== ""));
      await emulator.idle();
    }
    if (output !== undefined) expect(comparable(printed.join("\n"))).toBe(comparable(output));
  }
  expect(steps.length).toBe(8);
});
