import { durationText } from "../../output/times.ts";
import { type Check, failed, ok, unknown, warning } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";

/** The worker tolerates the same difference in the times of tokens. */
const TOLERANCE_MS = 30_000;

/** Whether this machine's clock agrees with the header `Date` of the API. A wrong clock makes tokens invalid, and shifts delays. */
export const clockCheck: Check = {
  id: "clock",
  run: async (facts) => {
    if (facts.setup.emulator) return ofEmulator(facts);
    const date = await timeOfApi(facts);
    if (date === undefined) return unknown("the API did not state its time");
    const offMs = Date.now() - date.getTime();
    if (Math.abs(offMs) <= TOLERANCE_MS) return ok("this machine's clock agrees with Google's");
    const seconds = Math.round(Math.abs(offMs) / 1_000);
    return failed(
      `this machine's clock is ${durationText(seconds * 1_000)} ${offMs > 0 ? "ahead of" : "behind"} Google's: tokens are rejected, and delays are wrong`,
      "synchronize the clock, with NTP or the settings of the virtual machine",
    );
  },
};

/** A rejection has the time too. */
async function timeOfApi({ api, setup }: Facts): Promise<Date | undefined> {
  try {
    return (await api.call("cloudtasks", { path: `/v2/projects/${setup.project}/locations` })).date;
  } catch (error) {
    if (error instanceof GoogleFailure && error.date) return error.date;
    throw error;
  }
}

/** The clock of an emulator can be advanced on purpose. */
async function ofEmulator({ setup }: Facts): ReturnType<Check["run"]> {
  const state = await setup.emulator
    ?.get<{ readonly clockOffsetMs?: number }>("/inspect/emulator")
    .catch((error: Error) => {
      throw new GoogleFailure(error.message, { kind: "network" }, { cause: error });
    });
  const offMs = state?.clockOffsetMs ?? 0;
  if (Math.abs(offMs) <= TOLERANCE_MS) return ok("the emulator uses this machine's time");
  return warning(
    `the emulator's clock was advanced by ${durationText(Math.round(offMs / 1_000) * 1_000)}`,
    "cloudtask reset --clock, unless a test needs it",
  );
}
