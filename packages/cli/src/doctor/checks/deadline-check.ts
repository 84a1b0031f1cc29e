import { durationText } from "../../output/times.ts";
import { type Check, ok, skipped, warning } from "../check.ts";
import { noService } from "../no-service.ts";

/** Whether the platform lets a handler run as long as Cloud Tasks waits for it. */
export const deadlineCheck: Check = {
  id: "deadline",
  needs: "roles/run.viewer",
  run: async (facts) => {
    const { emulator, dispatchDeadlineMs } = facts.setup;
    if (emulator) return skipped("an emulator runs no platform with a timeout");
    const service = await facts.service();
    if (!service) return noService(facts, `that a request may take ${durationText(dispatchDeadlineMs)}`);
    const { name, region, timeoutMs } = service;
    const [own, platform] = [durationText(dispatchDeadlineMs), durationText(timeoutMs)];
    if (timeoutMs >= dispatchDeadlineMs)
      return ok(`Cloud Run lets a request take ${platform}, Cloud Tasks waits ${own}`);
    return warning(
      `Cloud Run ends a request after ${platform}, but Cloud Tasks and the handler count with ${own}: a longer run is cut off and repeated`,
      `gcloud run services update ${name} --region=${region} --timeout=${dispatchDeadlineMs / 1_000}, or a \`dispatchDeadline\` of at most ${platform}`,
    );
  },
};
