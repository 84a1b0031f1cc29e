import type { LateGoogle } from "../auth/late-google.ts";
import { forwardAbort, rejectOnAbort } from "../core/abort-signal.ts";
import { durationText } from "../core/duration.ts";
import { abortedError } from "../core/errors/aborted-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import type { ConfiguredPlace, Place, QueueNameRequest } from "./queue-names.ts";

/**
 * Waits for the project and the location of the queues.
 *
 * @param lookUp - asks for both; shared by all pushes
 * @throws CloudTaskError with the code `ABORTED` if the push was aborted, or `CONFIGURATION_MISSING` if there was no answer in time
 */
export async function findPlace(
  lookUp: () => Promise<Place>,
  { subject, signal }: QueueNameRequest,
  limitMs: number,
): Promise<Place> {
  if (signal?.aborted) throw abortedError(subject, signal, "Nothing was sent.");
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  const stopForwarding = forwardAbort(signal, controller);
  try {
    return await rejectOnAbort(lookUp(), controller.signal);
  } catch (reason) {
    if (!controller.signal.aborted) throw reason;
    if (signal?.aborted) throw abortedError(subject, signal, "Nothing was sent.");
    throw new CloudTaskError(
      "CONFIGURATION_MISSING",
      `${subject}: no metadata server answered with project and location within ${durationText(limitMs)}. Set the client's ` +
        "`project` and `location`.",
    );
  } finally {
    clearTimeout(timer);
    stopForwarding();
  }
}

/**
 * Asks the metadata server for the missing part of a place.
 *
 * @throws CloudTaskError with the code `CONFIGURATION_MISSING` if the server does not answer with it
 */
export async function completePlace({ project, location }: ConfiguredPlace, google: LateGoogle): Promise<Place> {
  const metadata = await google.metadata();
  return {
    project: project ?? found(await metadata.projectId(), "project", "GOOGLE_CLOUD_PROJECT"),
    location: location ?? found(await metadata.region(), "location", "GOOGLE_CLOUD_LOCATION"),
  };
}

function found(answer: string | undefined, option: "project" | "location", variable: string): string {
  if (answer !== undefined) return answer;
  throw new CloudTaskError(
    "CONFIGURATION_MISSING",
    `the ${option} of the queues is unknown: set the client's \`${option}\` or the environment variable ${variable}; no metadata ` +
      "server answered with it",
  );
}
