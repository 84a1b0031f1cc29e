import type { LateGoogle } from "../auth/late-google.ts";
import { sharedCall } from "../auth/shared-call.ts";
import { durationMs } from "../core/duration.ts";
import { environment } from "../core/environment.ts";
import { type Late, late } from "../core/late.ts";
import { LOCAL_LOCATION, LOCAL_PROJECT } from "../core/local-project.ts";
import { type QueueAddress, queueName } from "../core/resource-name.ts";
import { checkLocation } from "./deployment.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** The push that needs the name of a queue. */
export interface QueueNameRequest {
  /** The start of messages: `Could not push "…"`. */
  readonly subject: string;
  readonly signal: AbortSignal | undefined;
}

/** The project and the location of queues. */
export type Place = Omit<QueueAddress, "queue">;

/** The parts of a place that the options or the environment contain. */
export type ConfiguredPlace = { readonly [Part in keyof Place]: string | undefined };

/** Most clients have a project and a location, so they never need this code. */
const loadSearch: Late<typeof import("./find-place.ts")> = /* @__PURE__ */ late(() => import("./find-place.ts"));

/** The longest wait for a metadata server, in milliseconds. */
const MAX_LOOKUP_MS = 60_000;

/**
 * Resource names of a client's queues. Project and location come from the options, the environment or, with the first push, from
 * the metadata server.
 */
export class QueueNames {
  readonly #options: ResolvedOptions;
  readonly #google: LateGoogle;
  #place: Place | undefined;
  /** The names so far. */
  readonly #names = new Map<string, string>();
  /** A failed lookup is not kept: the metadata server may answer the next one. */
  readonly #lookUp: () => Promise<Place> = sharedCall(async () => {
    const { completePlace } = await loadSearch();
    return completePlace(this.#configured(), this.#google);
  });

  constructor(options: ResolvedOptions, google: LateGoogle) {
    this.#options = options;
    this.#google = google;
  }

  /**
   * Returns the full resource name of a queue; a promise only if project or location must be looked up, which takes no longer than
   * the push may take.
   *
   * @throws CloudTaskError with the code `ABORTED` if the push was aborted during the lookup, or `CONFIGURATION_MISSING` if
   * project or location was not found in time
   */
  get(queue: string, request: QueueNameRequest): string | Promise<string> {
    const known = this.#names.get(queue);
    if (known !== undefined) return known;
    this.#place ??= this.#configuredPlace();
    if (this.#place === undefined) return this.#find(queue, request);
    const name = queueName({ ...this.#place, queue });
    this.#names.set(queue, name);
    return name;
  }

  #configuredPlace(): Place | undefined {
    const { project, location } = this.#configured();
    return project === undefined || location === undefined ? undefined : { project, location };
  }

  #configured(): ConfiguredPlace {
    const { emulatorHost, eager } = this.#options;
    // An emulator and the eager modes send nothing to Google, so default names are enough.
    const local = emulatorHost !== undefined || eager !== undefined;
    const {
      project = environment("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT") ?? (local ? LOCAL_PROJECT : undefined),
      location = locationFromEnvironment() ?? (local ? LOCAL_LOCATION : undefined),
    } = this.#options.deployment;
    return { project, location };
  }

  async #find(queue: string, request: QueueNameRequest): Promise<string> {
    const { findPlace } = await loadSearch();
    this.#place = await findPlace(this.#lookUp, request, this.#limitMs());
    return queueName({ ...this.#place, queue });
  }

  #limitMs(): number {
    const { apiRetry, apiTimeoutMs } = this.#options;
    const totalMs = durationMs(apiRetry?.totalTimeout ?? "20s", "apiRetry.totalTimeout");
    // A total of 0 means one attempt.
    return Math.min(totalMs || apiTimeoutMs, MAX_LOOKUP_MS);
  }
}

function locationFromEnvironment(): string | undefined {
  for (const name of ["GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "FUNCTION_REGION"]) {
    const location = environment(name);
    if (location !== undefined) return checkLocation(location, `the environment variable ${name}`);
  }
  return undefined;
}
