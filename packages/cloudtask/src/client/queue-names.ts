import type { MetadataServer } from "../auth/metadata-server.ts";
import { sharedCall } from "../auth/shared-call.ts";
import { forwardAbort, rejectOnAbort } from "../core/abort-signal.ts";
import { durationMs, durationText } from "../core/duration.ts";
import { environment } from "../core/environment.ts";
import { abortedError } from "../core/errors/aborted-error.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
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

type Place = Omit<QueueAddress, "queue">;

/** The longest wait for a metadata server, in milliseconds. */
const MAX_LOOKUP_MS = 60_000;

/**
 * Resource names of a client's queues. Project and location come from the options, the environment or, with the first push, from
 * the metadata server.
 */
export class QueueNames {
  readonly #options: ResolvedOptions;
  readonly #metadata: MetadataServer;
  #place: Place | undefined;
  /** The names so far. */
  readonly #names = new Map<string, string>();
  /** A failed lookup is not kept: the metadata server may answer the next one. */
  readonly #lookUp: () => Promise<Place> = sharedCall(() => this.#askMetadataServer());

  constructor(options: ResolvedOptions, metadata: MetadataServer) {
    this.#options = options;
    this.#metadata = metadata;
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

  #configured(): { readonly [Part in keyof Place]: string | undefined } {
    const { emulatorHost, eager } = this.#options;
    // An emulator and the eager modes send nothing to Google, so default names are enough.
    const local = emulatorHost !== undefined || eager !== undefined;
    const {
      project = environment("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT") ?? (local ? LOCAL_PROJECT : undefined),
      location = locationFromEnvironment() ?? (local ? LOCAL_LOCATION : undefined),
    } = this.#options.deployment;
    return { project, location };
  }

  async #find(queue: string, { subject, signal }: QueueNameRequest): Promise<string> {
    if (signal?.aborted) throw abortedError(subject, signal, "Nothing was sent.");
    const controller = new AbortController();
    const limitMs = this.#limitMs();
    const timer = setTimeout(() => controller.abort(), limitMs);
    const stopForwarding = forwardAbort(signal, controller);
    try {
      this.#place = await rejectOnAbort(this.#lookUp(), controller.signal);
      return queueName({ ...this.#place, queue });
    } catch (reason) {
      if (!controller.signal.aborted) throw reason;
      if (signal?.aborted) throw abortedError(subject, signal, "Nothing was sent.");
      throw new CloudTaskError(
        "CONFIGURATION_MISSING",
        `${subject}: no metadata server answered with project and location within ${durationText(limitMs)}. Set the client's ` +
          "`project` and `location`.",
      );
    } finally {
      clearTimeout(timer);
      stopForwarding();
    }
  }

  #limitMs(): number {
    const { apiRetry, apiTimeoutMs } = this.#options;
    const totalMs = durationMs(apiRetry?.totalTimeout ?? "20s", "apiRetry.totalTimeout");
    // A total of 0 means one attempt.
    return Math.min(totalMs || apiTimeoutMs, MAX_LOOKUP_MS);
  }

  async #askMetadataServer(): Promise<Place> {
    const { project, location } = this.#configured();
    return {
      project: project ?? found(await this.#metadata.projectId(), "project", "GOOGLE_CLOUD_PROJECT"),
      location: location ?? found(await this.#metadata.region(), "location", "GOOGLE_CLOUD_LOCATION"),
    };
  }
}

function locationFromEnvironment(): string | undefined {
  for (const name of ["GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "FUNCTION_REGION"]) {
    const location = environment(name);
    if (location !== undefined) return checkLocation(location, `the environment variable ${name}`);
  }
  return undefined;
}

function found(answer: string | undefined, option: "project" | "location", variable: string): string {
  if (answer !== undefined) return answer;
  throw new CloudTaskError(
    "CONFIGURATION_MISSING",
    `the ${option} of the queues is unknown: set the client's \`${option}\` or the environment variable ${variable}; no metadata ` +
      "server answered with it",
  );
}
