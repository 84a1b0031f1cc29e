import { type Check, type Finding, failed, ok } from "../check.ts";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";

/** Whether the API is enabled, and answers. Every answer except SERVICE_DISABLED proves that it is enabled. */
export const apiCheck: Check = {
  id: "api",
  run: async (facts) => {
    const { setup } = facts;
    const path = `/v2/projects/${setup.project}/locations/${setup.location}/queues?pageSize=1`;
    try {
      await facts.api.call("cloudtasks", { path });
    } catch (error) {
      if (error instanceof GoogleFailure) return explain(error, facts);
      throw error;
    }
    return ok(setup.emulator ? `the emulator at ${setup.emulator.url.host} answers` : "the Cloud Tasks API is enabled");
  },
};

function explain(failure: GoogleFailure, { setup }: Facts): Finding {
  const { project, location, emulator } = setup;
  if (failure.reason === "SERVICE_DISABLED") {
    const command = `gcloud services enable cloudtasks.googleapis.com --project=${project}`;
    const page = failure.activationUrl ? `, or ${failure.activationUrl}` : "";
    return failed(`the Cloud Tasks API is disabled in the project ${project}`, `${command}${page}; wait some minutes`);
  }
  if (failure.kind === "network") return failed(failure.message, emulator ? START_EMULATOR : CHECK_NETWORK);
  if (failure.httpStatus === 401) return failed(failure.message, "log in again: gcloud auth application-default login");
  // The caller may push without the permission to list.
  if (failure.isDenied && !failure.reason) return ok("the Cloud Tasks API answers");
  if (failure.reason === "IAM_PERMISSION_DENIED") return ok("the Cloud Tasks API is enabled");
  if (failure.kind === "credentials") throw failure;
  return failed(
    failure.message,
    `check that the project ${project} exists and has billing, and that Cloud Tasks is offered in ${location}`,
  );
}

const START_EMULATOR =
  'start one with "npx @cloudtask/cli emulator", or set its address with --emulator or CLOUD_TASKS_EMULATOR_HOST';
const CHECK_NETWORK = "check the network, the proxy, and CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS if it is set";
