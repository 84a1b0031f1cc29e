import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEmulator, type Emulator, type EmulatorEvents } from "@cloudtask/emulator";
import {
  type ClientOptions,
  CloudTaskClient,
  createWorker,
  depends,
  NonRetriableError,
  type WorkerOptions,
} from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { attemptLine } from "../packages/cli/src/emulator/attempt-line.ts";
import { startFailure } from "../packages/cli/src/emulator/start-failure.ts";
import { apiServer, closedPort, refusal } from "../packages/cloudtask/test/support/api-server.ts";
import { deliveryOf } from "../packages/cloudtask/test/support/deliveries.ts";

const page = await readFile("docs/troubleshooting.md", "utf8");

/** The messages that the page quotes. */
const quoted = [...page.matchAll(/^```text\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
  block.trimEnd().split("\n"),
);

const URL_OF_WORKER = "https://api.test/tasks/run";
const SECRET = "s3cret-key";
const VARIABLES = ["CLOUD_TASKS_EMULATOR_HOST", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"];

beforeEach(() => {
  for (const name of VARIABLES) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** A client that logs to a list, with its worker. */
function logged(options: Partial<ClientOptions> = {}, workerOptions?: WorkerOptions) {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const client = new CloudTaskClient({
    url: URL_OF_WORKER,
    secret: SECRET,
    logger: { warn: log, error: log },
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, lines, worker: createWorker(client, workerOptions) };
}

/** Delivers a body, and returns what the worker logs. */
async function logOf(
  body: unknown,
  {
    headers = {},
    options,
    define,
  }: {
    readonly headers?: Readonly<Record<string, string | null>>;
    readonly options?: Partial<ClientOptions>;
    readonly define?: (client: CloudTaskClient) => unknown;
  } = {},
): Promise<readonly string[]> {
  const { client, lines, worker } = logged(options);
  define?.(client);
  await worker.fetch(deliveryOf(body, { "X-CloudTask-Secret": SECRET, ...headers }));
  return lines;
}

async function messageOf(failing: Promise<unknown>): Promise<string> {
  return failing.then(
    () => expect.unreachable(),
    (error: Error) => error.message,
  );
}

/** Pushes a welcome mail, and returns the message of the failure. */
async function pushFailure(options: Partial<ClientOptions>, payload: unknown = {}): Promise<string> {
  await using client = new CloudTaskClient({ url: URL_OF_WORKER, apiRetry: { totalTimeout: 0 }, ...options });
  const send = client.task("send-welcome-email", (_: unknown) => undefined);
  return await messageOf(send(payload).push());
}

async function emulatorOf(options: Parameters<typeof createEmulator>[0] = {}): Promise<Emulator> {
  const emulator = await createEmulator(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

const PLACE = { project: "my-gcp-project", location: "europe-west1", token: () => "token" } as const;
const failing = (client: CloudTaskClient): unknown =>
  client.task("send-welcome-email", { run: () => Promise.reject(new Error("the mail server is down")) });

/** Each provokes the messages of one row of the page, on the real parts. */
const provocations: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  "a forgotten push": async () => {
    vi.stubEnv("NODE_ENV", "development");
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    logged().client.task("send-welcome-email", () => undefined)();
    await vi.advanceTimersByTimeAsync(10_000);
    return [String(warned.mock.calls[0]?.[0])];
  },
  "a worker that does not run": async () => {
    const emulator = await emulatorOf();
    const url = `http://${await closedPort()}/tasks/run`;
    const { client } = logged({ url, emulatorHost: emulator.host });
    const finished = new Promise<EmulatorEvents["attempt"]>((resolve) => {
      emulator.on("attempt", (event) => event.phase === "finished" && resolve(event));
    });
    await client
      .task("send-welcome-email", () => undefined)()
      .push();
    const prefix = "projects/local-project/locations/us-central1/queues/";
    return [attemptLine(await finished, { paint: (_, text) => text, prefix, hasDate: false })];
  },
  "a worker without credentials": async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const client = new CloudTaskClient({ url: URL_OF_WORKER, logger: { warn: log, error: log } });
    const server = createServer(cloudTaskListener(client)).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { readonly port: number };
    await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "{}" });
    return lines;
  },
  "a wrong content type": () => logOf("{}", { headers: { "Content-Type": "text/plain" } }),
  "a body that was read": async () => {
    const { lines, worker } = logged();
    const request = deliveryOf("{}", { "X-CloudTask-Secret": SECRET });
    await request.text();
    await worker.fetch(request);
    return lines;
  },
  "a body that is not JSON": () => logOf("task=mail"),
  "a missing secret": () => logOf({ task: "t" }, { headers: { "X-CloudTask-Secret": null } }),
  "a missing token": () => logOf({ task: "t" }, { options: { serviceAccount: "tasks@p.iam.gserviceaccount.com" } }),
  "a wrong secret": () => logOf({ task: "t" }, { headers: { "X-CloudTask-Secret": "another-secret" } }),
  "an unknown task": () => logOf({ task: "send-invoice" }),
  "a declared task": () => logOf({ task: "charge-card" }, { define: (client) => client.declare("charge-card") }),
  "a failed handler": () => logOf({ task: "send-welcome-email" }, { define: failing }),
  "a late success": async () => {
    const { client, lines, worker } = logged();
    const transaction = depends(async function* () {
      yield "open";
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    client.task("send-welcome-email", { deps: { transaction }, run: () => "sent" });
    const headers = { "X-CloudTask-Secret": SECRET, "CloudTask-Deadline": "20ms" };
    await worker.fetch(deliveryOf({ task: "send-welcome-email" }, headers));
    await expect.poll(() => lines.length).toBe(2);
    return lines;
  },
  "an invalid payload": () =>
    logOf(
      { task: "send-welcome-email", payload: {} },
      {
        define: (client) =>
          client.task("send-welcome-email", { input: z.object({ email: z.string() }), run: () => undefined }),
      },
    ),
  "the last attempt": async () => {
    const lines = await logOf(
      { task: "send-welcome-email" },
      {
        define: (client) =>
          client.task("send-welcome-email", {
            retry: { maxAttempts: 1 },
            run: () => Promise.reject(new Error("the mail server is down")),
          }),
      },
    );
    return lines.slice(-1);
  },
  "a missing dead-letter queue": async () => {
    const { host } = await apiServer(refusal(404, "NOT_FOUND", "Queue does not exist."));
    const lines = await logOf(
      { task: "send-welcome-email" },
      {
        options: { ...PLACE, apiEndpoint: `http://${host}`, deadLetter: "mail-dead" },
        define: (client) =>
          client.task("send-welcome-email", () => Promise.reject(new NonRetriableError("no address"))),
      },
    );
    return lines.slice(-1);
  },
  "an emulator that does not run": async () => [await pushFailure({ emulatorHost: await closedPort() })],
  "a queue that the emulator lacks": async () => {
    const { host } = await emulatorOf();
    return [await pushFailure({ emulatorHost: host, queue: "mail" })];
  },
  "a queue that Google Cloud lacks": async () => {
    const { host } = await apiServer(refusal(404, "NOT_FOUND", "Queue does not exist."));
    return [await pushFailure({ ...PLACE, apiEndpoint: `http://${host}` })];
  },
  "a missing role": async () => {
    const { host } = await apiServer(refusal(403, "PERMISSION_DENIED", "The principal lacks a permission."));
    return [await pushFailure({ ...PLACE, apiEndpoint: `http://${host}` })];
  },
  "a payload that JSON would change": async () => [await pushFailure({ eager: "immediate" }, { at: new Date(0) })],
  "a missing URL": async () => [await pushFailure({ url: undefined, ...PLACE })],
  "a short secret": async () => {
    const create = async (): Promise<unknown> => new CloudTaskClient({ url: URL_OF_WORKER, secret: "short" });
    return [await messageOf(create())];
  },
  "a port in use": async () => {
    const port = Number(new URL((await emulatorOf()).url).port);
    const second = createEmulator({ port }).catch((error: unknown) => startFailure(error, `127.0.0.1:${port}`));
    return [String(await second)];
  },
  "a data directory in use": async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "cloudtask-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    await emulatorOf({ dataDir });
    return [startFailure(await createEmulator({ dataDir }).catch((error: unknown) => error), "")];
  },
  "a foreign host name": async () => {
    const { url } = await emulatorOf();
    const { request } = await import("node:http");
    const answer = await new Promise<string>((resolve, reject) => {
      request(`${url}/v2/projects/p/locations/l/queues`, { headers: { Host: "emulator.test" } }, (incoming) => {
        void incoming.toArray().then((chunks: Buffer[]) => resolve(Buffer.concat(chunks).toString()));
      })
        .on("error", reject)
        .end();
    });
    return [JSON.parse(answer).error.message];
  },
};

/** A quoted message as a pattern: `…` stands for any text. */
function patternOf(line: string): RegExp {
  return new RegExp(`^${line.split("…").map(escaped).join(".*")}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const shown = new Set<string>();

test.each(Object.entries(provocations))("the page quotes the message of %s", async (_, provoke) => {
  const messages = await provoke();
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) {
    const line = quoted.find((each) => patternOf(each).test(message));
    expect(line, message).toBeDefined();
    shown.add(line ?? "");
  }
});

test("every message on the page is a real one", () => {
  expect(quoted.filter((line) => !shown.has(line))).toEqual([]);
});
