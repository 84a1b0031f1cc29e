import { environment } from "../core/environment.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpResponse, HttpSender } from "../core/http-sender.ts";
import { sharedCall } from "./shared-call.ts";
import type { AccessToken } from "./token-source.ts";

/** A client of the metadata server of Google's platforms. */
export interface MetadataServer {
  /** Checks whether there is a metadata server: by environment variables, or by a probe. */
  available(): Promise<boolean>;
  /**
   * Requests an access token of the attached service account.
   *
   * @throws CredentialsError if there is no such account, or if the server does not answer
   */
  token(): Promise<AccessToken>;
  /** Returns the id of the current project; `undefined` if it is unavailable. */
  projectId(): Promise<string | undefined>;
  /** Returns the current region, such as `europe-west1`; `undefined` if it is unavailable. */
  region(): Promise<string | undefined>;
}

/** Options of `createMetadataServer()`. */
export interface MetadataServerOptions {
  /** Returns the first of these environment variables that is set. */
  readonly environment?: typeof environment | undefined;
  /** Returns milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** Time limit of a request, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
  /** Time limit of the probe, in milliseconds. Default 1,000. */
  readonly probeTimeoutMs?: number | undefined;
}

const ROOT = "/computeMetadata/v1";
const HEADERS = { "metadata-flavor": "Google" } as const;
const ON_GOOGLE = ["GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE"] as const;
const MAX_REQUESTS = 3;

/**
 * Creates a client of the metadata server of Cloud Run, Cloud Functions, App Engine, Compute Engine and GKE. The environment
 * variable `GCE_METADATA_HOST` (`host` or `host:port`) selects another server. Nothing is sent yet.
 *
 * @example
 * ```ts
 * const { token, expiresAt } = await createMetadataServer(createHttpSender()).token();
 * ```
 */
export function createMetadataServer(sender: HttpSender, options: MetadataServerOptions = {}): MetadataServer {
  const { now = Date.now, timeoutMs = 3_000, probeTimeoutMs = 1_000 } = options;
  const env = options.environment ?? environment;
  const base = `http://${env("GCE_METADATA_HOST") ?? "metadata.google.internal"}`;
  let found = false;

  async function send(path: string, limitMs: number): Promise<HttpResponse> {
    const signal = AbortSignal.timeout(limitMs);
    const response = await sender.send({ method: "GET", url: `${base}${ROOT}${path}`, headers: HEADERS, signal });
    // Some networks answer every host name with a page of their own.
    if (response.headers["metadata-flavor"] === "Google") return response;
    throw new Error(
      `${base} answered ${response.status} without \`Metadata-Flavor: Google\`: it is not a metadata server`,
    );
  }

  // The server is one hop away, and may fail briefly while an instance starts. A retry needs no backoff.
  async function request(path: string): Promise<HttpResponse> {
    for (let requests = 1; ; requests += 1) {
      try {
        const response = await send(path, timeoutMs);
        if (response.status < 500 || requests === MAX_REQUESTS) return response;
      } catch (error) {
        if (requests === MAX_REQUESTS) throw error;
      }
    }
  }

  // Only success is remembered: on GKE the server may start some seconds after the program.
  const probe = sharedCall(async (): Promise<boolean> => {
    found = await send("/instance/", probeTimeoutMs).then(
      () => true,
      () => false,
    );
    return found;
  });

  async function available(): Promise<boolean> {
    return found || env(...ON_GOOGLE) !== undefined || probe();
  }

  async function text(path: string): Promise<string | undefined> {
    if (!(await available())) return undefined;
    try {
      const { status, body } = await request(path);
      return status === 200 ? body.trim() : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    available,
    async token() {
      const response = await request("/instance/service-accounts/default/token").catch((reason: unknown) => {
        throw new CredentialsError(
          `Could not get an access token from the metadata server at ${base} (see the cause).`,
          {
            cause: reason,
          },
        );
      });
      return tokenOf(response, base, now());
    },
    projectId: () => text("/project/project-id"),
    async region() {
      const region = (await text("/instance/region")) ?? (await text("/instance/zone"))?.replace(/-[a-z]$/, "");
      return region?.replace(/^.*\//, "");
    },
  };
}

function tokenOf({ status, body }: HttpResponse, base: string, nowMs: number): AccessToken {
  if (status !== 200) {
    const remedy = status === 404 ? " Is a service account attached to this workload?" : "";
    throw new CredentialsError(
      `The metadata server at ${base} answered ${status} to the request for an access token.${remedy}`,
    );
  }
  const { access_token: token, expires_in: seconds } = tokenJson(body);
  if (typeof token !== "string" || typeof seconds !== "number") {
    throw new CredentialsError(`The metadata server at ${base} answered without an access token.`);
  }
  return { token, expiresAt: new Date(nowMs + seconds * 1000) };
}

function tokenJson(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
