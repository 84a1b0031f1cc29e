import { createEmulator, ManualClock } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { get } from "../support/inspect.ts";

const NOON = "2030-01-01T12:00:00Z";

test("GET /inspect/source names the emulator, its place, and that it accepts changes", async () => {
  await using emulator = await createEmulator({ project: "p", location: "europe-west1" });
  const { status, body } = await get(emulator, "source");
  expect([status, body]).toEqual([
    200,
    {
      kind: "emulator",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      project: "p",
      location: "europe-west1",
      allowsWrites: true,
    },
  ]);
});

test("GET /inspect/emulator returns the version, the options and the time", async () => {
  const clock = new ManualClock(NOON);
  await using emulator = await createEmulator({ clock, project: "p", history: { attempts: 5 }, taskCooldown: "10m" });
  const { status, body, headers } = await get(emulator, "emulator");
  expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(body).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    url: emulator.url,
    project: "p",
    location: "us-central1",
    now: NOON,
    clockOffsetMs: expect.closeTo(Date.parse(NOON) - Date.now(), -5),
    options: {
      allowUnverifiedTls: false,
      autoCreateQueues: false,
      rewriteHosts: {},
      throttling: false,
      taskCooldownMs: 600_000,
      queueCooldownMs: 0,
      history: { attempts: 5, bodyBytes: 2048 },
    },
    history: { attempts: 0, bytes: 0 },
  });
});

test.each([
  ["http://user:pass@localhost:8080", "http://***@localhost:8080"],
  [{ api: "http://user:pass@localhost:8081" }, { api: "http://***@localhost:8081" }],
])("the base URLs of App Engine are masked: %j", async (appEngine, masked) => {
  await using emulator = await createEmulator({ appEngine });
  expect((await get(emulator, "emulator")).body).toMatchObject({ options: { appEngine: masked } });
});
