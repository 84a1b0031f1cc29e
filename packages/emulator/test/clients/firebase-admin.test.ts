import { afterEach, test, vi } from "vitest";
import { casesOf } from "./cases.ts";
import { firebaseBench, firebaseCases } from "./node/firebase.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const runs = casesOf("firebase").map(({ name, behaviour }) => [name, behaviour] as const);

test.each(runs)("firebase-admin %s: %s", async (name) => {
  await using bench = await firebaseBench((host) => vi.stubEnv("CLOUD_TASKS_EMULATOR_HOST", host));
  await firebaseCases[name](bench);
});
