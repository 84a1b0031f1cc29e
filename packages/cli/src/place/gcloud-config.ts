import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The settings of gcloud that name a place. */
export interface GcloudConfig {
  readonly project?: string | undefined;
  readonly location?: string | undefined;
}

/** gcloud has no location of its own for Cloud Tasks. The worker usually runs in the same region. */
const REGIONS = ["run/region", "functions/region", "compute/region"];

/**
 * Reads the active configuration of gcloud from its variables and files, without starting gcloud.
 * https://cloud.google.com/sdk/docs/configurations
 */
export function gcloudConfig(env: NodeJS.ProcessEnv): GcloudConfig {
  const directory = env.CLOUDSDK_CONFIG?.trim() || defaultDirectory(env);
  const name = env.CLOUDSDK_ACTIVE_CONFIG_NAME?.trim() || textOf(join(directory, "active_config")).trim() || "default";
  // A name is no path: gcloud accepts letters, digits and hyphens.
  const file = /^[a-z][-a-z0-9]*$/i.test(name) ? textOf(join(directory, "configurations", `config_${name}`)) : "";
  const properties = propertiesOf(file);
  const read = (property: string): string | undefined =>
    env[`CLOUDSDK_${property.replace("/", "_").toUpperCase()}`]?.trim() || properties.get(property);
  return { project: read("core/project"), location: REGIONS.map(read).find((region) => region !== undefined) };
}

function defaultDirectory({ APPDATA, HOME }: NodeJS.ProcessEnv): string {
  return process.platform === "win32" && APPDATA
    ? join(APPDATA, "gcloud")
    : join(HOME ?? homedir(), ".config", "gcloud");
}

/** Reads an INI file: `[core]`, then `project = my-project`. */
function propertiesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
    if (title !== undefined) section = title.trim();
    const [, key = "", value = ""] = /^\s*([^#;[=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (value !== "") found.set(`${section}/${key}`, value);
  }
  return found;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
