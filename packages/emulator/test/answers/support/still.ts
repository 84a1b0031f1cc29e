import { createEmulator, type Emulator, ManualClock } from "@cloudtask/emulator";
import { QUEUE } from "./fixture.ts";

/** An emulator whose clock stands still, with a paused queue. */
export function still(): Promise<Emulator> {
  return createEmulator({ queues: { q: { paused: true } }, clock: new ManualClock("2030-01-01T00:00:00Z") });
}

/** A task with a body and a token. */
export const task = {
  name: `${QUEUE}/tasks/t`,
  httpRequest: {
    url: "https://a.googleapis.com/",
    body: "aGk=",
    oauthToken: { serviceAccountEmail: "a@b", scope: "s" },
  },
  scheduleTime: "2030-01-02T00:00:00.123456Z",
};
