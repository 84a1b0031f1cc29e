import { type Check, failed, ok } from "../check.ts";

const VARIABLE = "CLOUD_TASKS_EMULATOR_HOST";

/** An emulator's address in production makes pushes go there, and makes the worker accept the tokens of the emulator. */
export const environmentCheck: Check = {
  id: "environment",
  needs: "roles/run.viewer",
  run: async (facts) => {
    const { env } = facts.setup;
    if (env[VARIABLE] && env.K_SERVICE) {
      return failed(
        `${VARIABLE} is set beside K_SERVICE: on Cloud Run, pushes go to an emulator, and the worker accepts its tokens`,
        `gcloud run services update ${env.K_SERVICE} --remove-env-vars=${VARIABLE}`,
      );
    }
    // The service may not be readable, and then only this environment is known.
    const service = await facts.service().catch(() => undefined);
    if (service?.variables.includes(VARIABLE)) {
      return failed(
        `${VARIABLE} is set on the Cloud Run service ${service.name}: its pushes go to an emulator, and its worker accepts the tokens of the emulator`,
        `gcloud run services update ${service.name} --region=${service.region} --remove-env-vars=${VARIABLE}`,
      );
    }
    return ok(facts.setup.emulator ? "an emulator is used, and not on Cloud Run" : "no emulator is configured");
  },
};
