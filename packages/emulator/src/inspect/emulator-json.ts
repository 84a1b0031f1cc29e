import type { InspectParts } from "./inspect-parts.ts";
import type { EmulatorJson } from "./inspect-types.ts";
import { known } from "./known.ts";
import { rfc3339 } from "./rfc3339.ts";

/** GET /inspect/emulator */
export function emulatorJson({ info, clock, history }: InspectParts): EmulatorJson {
  const { project, location, dataDir, ...options } = info.options;
  const { attempts, bytes, problem } = history.state();
  return {
    version: info.version,
    url: info.url(),
    project,
    location,
    now: rfc3339(clock.now()),
    options: {
      autoCreateQueues: options.autoCreateQueues,
      ...known({ dataDir, appEngine: options.appEngine }),
      rewriteHosts: options.rewriteHosts,
      throttling: options.throttling,
      taskCooldownMs: options.taskCooldownMs,
      queueCooldownMs: options.queueCooldownMs,
      history: options.history,
    },
    history: { attempts, bytes, ...known({ problem }) },
  };
}
