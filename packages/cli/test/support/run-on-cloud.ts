import type { Emulator } from "@cloudtask/emulator";
import { temporaryFolder } from "./folder.ts";
import { type CommandResult, runWith } from "./run-here.ts";

/** Runs a command on an emulator whose API is called as that of Google Cloud: with a token, by the endpoint of gcloud. */
export async function runOnCloud(cloud: Emulator, ...args: readonly string[]): Promise<CommandResult> {
  await using folder = await temporaryFolder();
  const env = {
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDTASKS: cloud.url,
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: await folder.write("token", "a-token"),
    CLOUDSDK_CORE_PROJECT: cloud.project,
    CLOUDSDK_RUN_REGION: cloud.location,
  };
  return await runWith(env, ...args);
}
