import type { GivenFlags } from "../command-line/given-flags.ts";
import { UsageError } from "../usage-error.ts";

/** The address of an emulator that is started without options. */
export const DEFAULT_HOST = "127.0.0.1:8123";

/** Returns the address of the emulator; `undefined` for Google Cloud. @throws UsageError for an invalid address */
export function emulatorHost(flags: GivenFlags, env: NodeJS.ProcessEnv): string | undefined {
  const given = flags.text("emulator");
  const host = (given || env.CLOUD_TASKS_EMULATOR_HOST?.trim() || (flags.has("emulator") ? DEFAULT_HOST : "")).replace(
    /^http:\/\/|\/$/g,
    "",
  );
  if (host === "") return undefined;
  if (/^[^\s/@]+:\d+$/.test(host) && URL.canParse(`http://${host}`)) return host;
  const name = given ? "--emulator" : "CLOUD_TASKS_EMULATOR_HOST";
  const hint = given ? `; put --emulator at the end, or write --emulator=${DEFAULT_HOST}` : "";
  throw new UsageError(`${name}: expected HOST:PORT; received ${JSON.stringify(host)}${hint}`);
}
