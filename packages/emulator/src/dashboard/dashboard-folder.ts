import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Returns the folder of the built pages: beside the built emulator, or for an emulator that runs from its sources, the output of
 * packages/dashboard.
 *
 * @returns `undefined` if the pages were not built
 */
export function dashboardFolder(): string | undefined {
  const isSource = import.meta.url.endsWith(".ts");
  const folder = fileURLToPath(new URL(isSource ? "../../../dashboard/dist/" : "./dashboard/", import.meta.url));
  return existsSync(`${folder}index.html`) ? folder : undefined;
}
