import { clockOffsetMs } from "../clock/clock-offset.ts";
import type { AppEngineBases } from "../dispatch/app-engine-url.ts";
import { HiddenValues } from "../history/masking/hidden-values.ts";
import { maskUrl } from "../history/masking/mask-http.ts";
import { definedFields } from "./defined-fields.ts";
import type { InspectParts } from "./inspect-parts.ts";
import { rfc3339 } from "./rfc3339.ts";
import type { EmulatorJson } from "./types/emulator-types.ts";

/** Answers GET /inspect/emulator. */
export function emulatorJson({ info, clock, history }: InspectParts): EmulatorJson {
  const { project, location, dataDir, ...options } = info.options;
  const { attempts, bytes, problem } = history.state();
  return {
    version: info.version,
    url: info.url(),
    project,
    location,
    now: rfc3339(clock.now()),
    clockOffsetMs: clockOffsetMs(clock),
    options: {
      autoCreateQueues: options.autoCreateQueues,
      ...definedFields({ dataDir, appEngine: maskBases(options.appEngine) }),
      rewriteHosts: options.rewriteHosts,
      ...definedFields({ targetCa: options.targetCa }),
      allowUnverifiedTls: options.allowUnverifiedTls,
      throttling: options.throttling,
      taskCooldownMs: options.taskCooldownMs,
      queueCooldownMs: options.queueCooldownMs,
      history: options.history,
    },
    history: { attempts, bytes, ...definedFields({ problem }) },
  };
}

/** Masks the user and password of the URLs. */
function maskBases(bases: AppEngineBases | undefined): AppEngineBases | undefined {
  if (typeof bases === "string") return maskUrl(bases, new HiddenValues());
  return (
    bases && Object.fromEntries(Object.entries(bases).map(([name, url]) => [name, maskUrl(url, new HiddenValues())]))
  );
}
