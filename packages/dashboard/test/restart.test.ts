import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Ready, type Spawned, spawnCloudtask } from "../../cli/test/support/spawned.ts";
import { useBrowser } from "./support/use-browser.ts";

const browser = useBrowser();

async function start(directory: string, port: string): Promise<Spawned & { readonly ready: Ready }> {
  const args = [
    "emulator",
    "--json",
    "--port",
    port,
    "--data",
    directory,
    "--queue",
    "default,paused=true,concurrency=1",
  ];
  const spawned = spawnCloudtask(args);
  onTestFinished(async () => void (await spawned.kill("SIGKILL")));
  const [line] = await spawned.seen(/^.*\n/);
  return { ...spawned, ready: JSON.parse(line) as Ready };
}

test("while the emulator restarts the page says so, and then it catches up exactly", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cloudtask-dashboard-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const first = await start(directory, "0");
  const { url } = first.ready;
  const queue = "projects/local-project/locations/us-central1/queues/default";
  const create = async (id: string): Promise<void> => {
    const task = { name: `${queue}/tasks/${id}`, httpRequest: { url: "http://127.0.0.1:9/" } };
    await fetch(`${url}/v2/${queue}/tasks`, { method: "POST", body: JSON.stringify({ task }) });
  };
  for (const id of ["a", "b", "c"]) await create(id);

  const page = await browser.open(url, "tasks", { allowErrors: true });
  const ids = async (): Promise<string[]> => (await page.locator("tbody tr td:nth-child(3)").allTextContents()).sort();
  await expect.poll(ids).toEqual(["task a", "task b", "task c"]);
  await page.getByRole("banner").getByText("Live").waitFor();
  // The job waits, because the queue allows one attempt at the same time.
  await fetch(`${url}/control/faults`, {
    method: "POST",
    body: JSON.stringify({ on: "delivery", delay: "1h", times: "always" }),
  });
  await page.getByRole("button", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Run now" }).click();
  await page.getByText("Starting tasks: 1 done").waitFor();

  await first.kill("SIGKILL");
  await page.getByText("Connection lost, trying again").waitFor();
  expect(await ids()).toEqual(["task a", "task b", "task c"]);
  await page.getByRole("button", { name: "Reload" }).click();
  await page.getByRole("alert").getByText("does not answer").waitFor();

  const second = await start(directory, new URL(url).port);
  expect(second.ready.url).toBe(url);
  await fetch(`${url}/v2/${queue}/tasks/b`, { method: "DELETE" });
  await create("d");
  await page.getByRole("banner").getByText("Live").waitFor();
  await expect.poll(ids).toEqual(["task a", "task c", "task d"]);
  await expect.poll(() => page.getByRole("alert").count()).toBe(0);
  // The job ended with the emulator.
  await page.getByText("Started 1 task, then stopped").waitFor();

  // The token of the page is that of the first emulator.
  await page.getByRole("link", { name: "task d" }).click();
  await page.getByRole("button", { name: "Edit and push again" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  await page.getByRole("heading", { level: 1, name: "due" }).waitFor();
}, 60_000);
