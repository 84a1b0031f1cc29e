import { environment } from "../core/environment.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpResponse, HttpSender } from "../core/http-sender.ts";
import { sharedCall } from "./shared-call.ts";
import type { AccessToken } from "./token-source.ts";

/** What Google's platforms tell the programs that run on them. */
export interface MetadataServer {
  /** Whether there is one: known from the environment, or found out by asking, once where there is. */
  available(): Promise<boolean>;
  /**
   * @returns an access token of the attached service account
   * @throws CredentialsError where there is no such account or the server does not answer
   */
  token(): Promise<AccessToken>;
  /** @returns the id of the project this runs in, `undefined` where it cannot be had */
  projectId(): Promise<string | undefined>;
  /** @returns the region this runs in, such as `europe-west1`, `undefined` where it cannot be had */
  region(): Promise<string | undefined>;
}

/** What a metadata server client may be given. */
export interface MetadataServerOptions {
  /** Reads the first of some environment variables that is set. */
  readonly environment?: typeof environment | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** Limit of one request, in milliseconds. Default 3,000. */
  readonly timeoutMs?: number | undefined;
  /** Limit of the request that finds out whether there is a server at all, in milliseconds. Default 1,000. */
  readonly probeTimeoutMs?: number | undefined;
}

const ROOT = "/computeMetadata/v1";
const HEADERS = { "metadata-flavor": "Google" } as const;
const ON_GOOGLE = ["GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB", "GAE_SERVICE"] as const;
const SENDS = 3;

/**
 * The metadata server of Cloud Run, Cloud Functions, App Engine, Compute Engine and GKE. `GCE_METADATA_HOST` (host, or
 * host:port) points elsewhere.
 *
 * @param sender - how requests are sent
 * @param options - for tests and for unusual networks
 * @returns a client of it; nothing is sent yet
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
    // Networks that answer any name with a page of their own are no metadata server.
    if (response.headers["metadata-flavor"] === "Google") return response;
    throw new Error(
      `${base} answered ${response.status} without \`Metadata-Flavor: Google\`: it is no metadata server`,
    );
  }

  // It is one hop away and known to fail for a moment while an instance starts, so a repeat needs no backoff.
  async function ask(path: string): Promise<HttpResponse> {
    for (let sends = 1; ; sends += 1) {
      try {
        const response = await send(path, timeoutMs);
        if (response.status < 500 || sends === SENDS) return response;
      } catch (error) {
        if (sends === SENDS) throw error;
      }
    }
  }

  // Only what was found is kept: on GKE the server may come up some seconds after the program.
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
      const { status, body } = await ask(path);
      return status === 200 ? body.trim() : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    available,
    async token() {
      const response = await ask("/instance/service-accounts/default/token").catch((reason: unknown) => {
        throw new CredentialsError(`The metadata server at ${base} gave no access token (see the cause).`, {
          cause: reason,
        });
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
    const remedy = status === 404 ? ": is a service account attached to this workload?" : ".";
    throw new CredentialsError(`The metadata server at ${base} answered ${status} for an access token${remedy}`);
  }
  const { access_token: token, expires_in: seconds } = tokenJson(body);
  if (typeof token !== "string" || typeof seconds !== "number") {
    throw new CredentialsError(`The metadata server at ${base} answered for an access token with something else.`);
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
