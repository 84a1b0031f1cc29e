import { createEmulator } from "@cloudtask/emulator";
import { expect, test } from "vitest";
import { callAt } from "../support/api.ts";

const kmsKey = "projects/p/locations/l/keyRings/r/cryptoKeys/k";

test.each(["v2", "v2beta3"])(
  "%s: the key of a location is stored and returned, and initially empty",
  async (version) => {
    await using emulator = await createEmulator();
    const path = `/${version}/projects/p/locations/l/cmekConfig`;
    const name = "projects/p/locations/l/cmekConfig";
    expect(await callAt(emulator, "GET", path)).toEqual({ status: 200, body: { name } });
    const set = await callAt(emulator, "PATCH", `${path}?updateMask=kmsKey`, { kmsKey });
    expect(set).toEqual({ status: 200, body: { name, kmsKey } });
    expect(await callAt(emulator, "GET", path)).toEqual(set);
  },
);

test("an invalid key name and an unknown field are rejected", async () => {
  await using emulator = await createEmulator();
  const path = "/v2/projects/p/locations/l/cmekConfig";
  const key = await callAt(emulator, "PATCH", path, { kmsKey: "my-key" });
  expect(key.body.error?.message).toBe("Resource name [my-key] does not match any known resource name pattern.");
  const mask = await callAt(emulator, "PATCH", `${path}?updateMask=color`, { kmsKey });
  expect(mask.body.error).toMatchObject({ status: "INVALID_ARGUMENT", message: "Invalid mask: color" });
});
