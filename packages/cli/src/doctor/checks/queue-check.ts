import type { EmulatorApi } from "../../place/emulator-api.ts";
import { readStates } from "../../queues/queue-problems.ts";
import { type Check, type Finding, failed, ok, warning } from "../check.ts";
import type { Facts, QueueJson } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { worst } from "../worst.ts";

/** Whether the queues exist and deliver. */
export const queueCheck: Check = {
  id: "queue",
  needs: "roles/cloudtasks.viewer",
  run: async (facts) => worst(await Promise.all(facts.setup.queues.map((id) => checkQueue(id, facts)))),
};

async function checkQueue(id: string, facts: Facts): Promise<Finding> {
  try {
    return judge(id, await facts.queue(id), facts);
  } catch (error) {
    if (error instanceof GoogleFailure && error.status === "NOT_FOUND") return missing(id, facts);
    throw error;
  }
}

async function missing(id: string, { setup }: Facts): Promise<Finding> {
  const { project, location, emulator } = setup;
  const place = `the project ${project} and the location ${location}`;
  const others = emulator ? await existing(emulator) : "";
  const command = emulator
    ? `cloudtask queues create ${id} --emulator=${emulator.url.host} --location=${location} --project=${project}`
    : `gcloud tasks queues create ${id} --location=${location} --project=${project}`;
  return failed(`the queue ${id} does not exist in ${place}${others}`, command);
}

/** Without --queue and --client, the queue `default` is checked, which an emulator often does not have. */
async function existing(emulator: EmulatorApi): Promise<string> {
  const ids = (await readStates(emulator)).map((queue) => queue.id);
  return ids.length === 0 ? "" : `; to check another queue, pass --queue: ${ids.join(", ")}`;
}

function judge(id: string, { state, httpTarget }: QueueJson, { setup }: Facts): Finding {
  const { project, location, emulator } = setup;
  const place = `--location=${location} --project=${project}`;
  const where = emulator ? `--emulator=${emulator.url.host} ${place}` : place;
  if (state === "PAUSED") {
    const tool = emulator ? "cloudtask" : "gcloud tasks";
    return failed(`the queue ${id} is paused, and delivers nothing`, `${tool} queues resume ${id} ${where}`);
  }
  // https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues#state
  if (state === "DISABLED") {
    return failed(
      `the queue ${id} is disabled: a queue.yaml or queue.xml was uploaded that does not contain it, and it delivers nothing`,
      "add it to that file and deploy it again, or delete the file and use another queue",
    );
  }
  if (httpTarget?.uriOverride || httpTarget?.httpMethod) {
    return warning(
      `the queue ${id} is running, and overrides the URL or method of its tasks`,
      `cloudtask queues describe ${id} shows the override; the checks of the URL do not apply to it`,
    );
  }
  return ok(`the queue ${id} is running`);
}
