import { type Finding, skipped, unknown } from "./check.ts";
import type { Facts } from "./facts.ts";
import { isCloudRunHost } from "./google/cloud-run.ts";

/** The finding of a check about the Cloud Run service, if none was found. */
export function noService({ setup }: Facts, check: string): Finding {
  const { url, runService, project } = setup;
  if (url === undefined) return skipped("no URL is set: pass --url or --client");
  if (runService !== undefined) {
    return unknown(`the project ${project} has no Cloud Run service ${runService}`, "correct --run-service");
  }
  if (!isCloudRunHost(url)) {
    return unknown(
      `${new URL(url).host} is not an address of Cloud Run, so its platform is unknown`,
      `check ${check}; if a Cloud Run service is behind it, pass --run-service NAME`,
    );
  }
  return unknown(
    `no Cloud Run service of the project ${project} has the address ${new URL(url).host}`,
    `correct \`url\`; if the service is in another project, check ${check}`,
  );
}
