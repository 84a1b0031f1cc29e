import { createEmulator } from "@cloudtask/emulator";
import { beforeAll, expect, test, vi } from "vitest";
import type { Traits } from "../../../packages/cloudtask/test/support/adapter-suite.ts";
import { type Exceptions, suiteExcept } from "../../../packages/cloudtask/test/support/suite-except.ts";
import { type BuiltApp, buildApp } from "./next-app.ts";

/** Cases that Next.js answers itself on every kind of route. */
const OWN_WAYS: Exceptions = {
  "the path and the query reach the handler": "a space in the query arrives as +, which means the same",
  "a caller that offers to upgrade the connection is answered without an upgrade": "the connection is closed",
};

const ROUTES: Readonly<Record<string, readonly [route: string, traits: Partial<Traits>]>> = {
  "the App Router": ["/node", { ownMethods: false }],
  // The answer waits until the body has arrived.
  "the App Router on the edge runtime": ["/edge", { ownMethods: false, body: "raw" }],
  "the Pages Router": ["/api/raw", {}],
  "the Pages Router with its body parser": ["/api/parsed", { body: "parsed" }],
};

/** The example on a server, with an emulator of its own. */
async function pushing(start: BuiltApp["start"]) {
  const emulator = await createEmulator({ project: "my-gcp-project", location: "europe-west1", queues: ["default"] });
  const server = await start((origin) => ({
    CLOUD_TASKS_EMULATOR_HOST: new URL(emulator.url).host,
    TASKS_URL: `${origin}/tasks/run`,
    TASKS_SECRET: "s3cret-key",
    TASKS_ACCOUNT: "tasks@my-gcp-project.iam.gserviceaccount.com",
  }));
  return {
    printed: server.printed,
    /** The statuses of all answers of the worker. */
    statuses: () => emulator.attempts().map(({ response }) => response?.status),
    /** Makes the app push a task. Resolves once it has been delivered. */
    signUp: async (userId: string) => {
      const body = JSON.stringify({ userId, email: `${userId}@example.com` });
      const response = await fetch(`${server.origin}/api/signup`, { method: "POST", body });
      expect(await response.json()).toMatchObject({ deduplicated: false });
      await emulator.idle();
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await emulator.close();
    },
  };
}

/** Tests one version of Next.js: `examples/next` runs, and the adapter suite passes on every kind of route. */
export function nextSuite(version: "next-15" | "next-16"): void {
  let app: BuiltApp;
  beforeAll(async () => {
    app = await buildApp(version);
    return () => app.remove();
  }, 300_000);

  test(`${version} builds without a secret or a URL, and without warnings`, () => {
    expect(app.printed).toContain("/tasks/run");
    expect(app.printed).not.toMatch(/error|can't resolve|not found|not supported|node:/i);
  });

  test(`${version}: a task that the example pushes is delivered to it, and its token verified`, async () => {
    await using scene = await pushing(app.start);
    await scene.signUp("ada");
    expect(scene.statuses()).toEqual([200]);
    expect(scene.printed()).toContain("welcome, ada@example.com");
  });

  test(`${version}: in development, an edited handler runs in the same process`, {
    timeout: 60_000,
  }, async () => {
    await using scene = await pushing(app.develop);
    await scene.signUp("ada");
    app.edit("tasks.ts", "welcome, ", "farewell, ");
    await vi.waitFor(
      async () => {
        await scene.signUp(crypto.randomUUID());
        expect(scene.printed()).toMatch(/welcome, ada@.*farewell, /s);
      },
      { timeout: 30_000, interval: 250 },
    );
    expect(new Set(scene.statuses())).toEqual(new Set([200]));
  });

  for (const [name, [route, traits]] of Object.entries(ROUTES)) {
    const mount = (_: unknown, options = {}) =>
      app.start(() => ({ ROUTE: route, WORKER_OPTIONS: JSON.stringify(options) }));
    suiteExcept(`${version}, ${name}`, mount, OWN_WAYS, traits);
  }
}
