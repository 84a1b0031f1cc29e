import { type Check, type Finding, failed, ok, skipped } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { worst } from "../worst.ts";

/** Whether the dead-letter queues of the client exist and are paused. A running one would deliver its tasks again. */
export const deadLettersCheck: Check = {
  id: "dead-letters",
  needs: "roles/cloudtasks.viewer",
  run: async (facts) => {
    const { uses } = facts.setup;
    if (!uses) return skipped("the definitions are unknown: pass --client");
    const names = [...new Set(uses.flatMap(({ deadLetter }) => (deadLetter === undefined ? [] : [deadLetter])))];
    if (names.length === 0) return skipped("the client has no dead-letter queues");
    return worst(await Promise.all(names.map((id) => checkQueue(id, facts))));
  },
};

async function checkQueue(id: string, facts: Facts): Promise<Finding> {
  const { project, location, emulator } = facts.setup;
  const where = `--location=${location} --project=${project}`;
  const [tool, end] = emulator ? ["cloudtask", `--emulator=${emulator.url.host} ${where}`] : ["gcloud tasks", where];
  const pause = `${tool} queues pause ${id} ${end}`;
  try {
    const { state } = await facts.queue(id);
    if (state === "PAUSED") return ok(`the dead-letter queue ${id} is paused`);
    return failed(`the dead-letter queue ${id} is not paused: Cloud Tasks delivers its tasks again`, pause);
  } catch (error) {
    if (!(error instanceof GoogleFailure && error.status === "NOT_FOUND")) throw error;
    return failed(
      `the dead-letter queue ${id} does not exist, so no dead letter is kept`,
      `${tool} queues create ${id} ${end} && ${pause}`,
    );
  }
}
