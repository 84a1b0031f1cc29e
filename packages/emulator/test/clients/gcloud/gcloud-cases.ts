import { deepStrictEqual, match } from "node:assert/strict";
import type { CaseOf } from "../cases.ts";

/** Runs `gcloud tasks …` with the arguments and returns its output as JSON. */
export type Gcloud = (...args: readonly string[]) => Promise<unknown>;

const limits = { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 };
const retry = { maxAttempts: 100, minBackoff: "0.100s", maxBackoff: "3600s", maxDoublings: 16 };
const plain = { name: "projects/p/locations/l/queues/q", rateLimits: limits, retryConfig: retry, state: "RUNNING" };

/** The cases of Google's command line, by name. Each has an emulator with the queue q of its own. */
export const gcloudCases: Readonly<Record<CaseOf<"gcloud">, (gcloud: Gcloud) => Promise<void>>> = {
  "gcloud-queues": async (gcloud) => {
    const created = await gcloud("queues", "create", "mail", "--max-dispatches-per-second=5", "--min-backoff=1s");
    deepStrictEqual(created, {
      ...plain,
      name: "projects/p/locations/l/queues/mail",
      rateLimits: { ...limits, maxDispatchesPerSecond: 5, maxBurstSize: 10 },
      retryConfig: { ...retry, minBackoff: "1s" },
    });
    await gcloud("queues", "pause", "q");
    const paused = (await gcloud("queues", "list", "--filter=state:PAUSED")) as readonly { readonly name: string }[];
    deepStrictEqual(
      paused.map(({ name }) => name),
      [plain.name],
    );
    await gcloud("queues", "resume", "q");
    await gcloud("queues", "delete", "mail");
    deepStrictEqual(await gcloud("queues", "describe", "q"), plain);
  },
  "gcloud-update": async (gcloud) => {
    const email = "--http-oidc-service-account-email-override";
    const audience = "--http-oidc-token-audience-override=https://a.example.com";
    await gcloud("queues", "update", "q", "--max-attempts=7", `${email}=a@example.com`, audience);
    await gcloud("queues", "update", "q", `${email}=b@example.com`);
    const clear = "--clear-http-oauth-service-account-email-override";
    deepStrictEqual(await gcloud("queues", "update", "q", clear, "--clear-http-oauth-token-scope-override"), {
      ...plain,
      retryConfig: { ...retry, maxAttempts: 7 },
      httpTarget: { oidcToken: { serviceAccountEmail: "b@example.com", audience: "https://a.example.com" } },
    });
  },
  "gcloud-tasks": async (gcloud) => {
    const time = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
    const options = [
      `--schedule-time=${time}`,
      "--header=X-Order: 7",
      "--body-content=hello",
      "--url=http://127.0.0.1:9/",
    ];
    await gcloud("create-http-task", "t", "--queue=q", ...options);
    const task = (await gcloud("describe", "t", "--queue=q")) as {
      readonly httpRequest: unknown;
      readonly scheduleTime: string;
    };
    deepStrictEqual(task.scheduleTime, time);
    deepStrictEqual(task.httpRequest, {
      url: "http://127.0.0.1:9/",
      httpMethod: "POST",
      headers: { "X-Order": "7", "User-Agent": "Google-Cloud-Tasks" },
    });
    await gcloud("delete", "t", "--queue=q");
    deepStrictEqual(await gcloud("list", "--queue=q"), []);
  },
  "gcloud-buffer": async (gcloud) => {
    await gcloud("queues", "update", "q", "--http-uri-override=host:127.0.0.1,port:9,scheme:http");
    await gcloud("queues", "pause", "q");
    await gcloud("buffer", "--queue=q");
    const [task] = (await gcloud("list", "--queue=q")) as readonly { readonly name: string }[];
    match(String(task?.name), /^projects\/p\/locations\/l\/queues\/q\/tasks\/\d+$/);
  },
};
