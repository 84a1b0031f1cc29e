import type { GoogleApi } from "./google-api.ts";

/** A Cloud Run service, as far as deliveries depend on it. */
export interface CloudRunService {
  readonly name: string;
  readonly region: string;
  /** `all`, `internal` or `internal-and-cloud-load-balancing`. */
  readonly ingress: string;
  /** Whether the service accepts calls without checking their token. */
  readonly isInvokerCheckDisabled: boolean;
  readonly timeoutMs: number;
  readonly maxInstances: number;
  /** The requests that an instance handles at once. */
  readonly concurrency: number;
  /** The names of the environment variables of its containers. */
  readonly variables: readonly string[];
}

// https://cloud.google.com/run/docs/configuring/request-timeout, /max-instances and /about-concurrency
const DEFAULT_TIMEOUT_S = 300;
const DEFAULT_MAX_INSTANCES = 100;
const DEFAULT_CONCURRENCY = 80;

/** The used part of the service. https://cloud.google.com/run/docs/reference/yaml/v1 */
interface ServiceJson {
  readonly metadata?: Metadata;
  readonly spec?: {
    readonly template?: {
      readonly metadata?: Metadata;
      readonly spec?: {
        readonly containerConcurrency?: number;
        readonly timeoutSeconds?: number;
        readonly containers?: readonly { readonly env?: readonly { readonly name?: string }[] }[];
      };
    };
  };
  readonly status?: { readonly url?: string; readonly traffic?: readonly { readonly url?: string }[] };
}

interface Metadata {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Checks whether an address belongs to Cloud Run, or to a function, which is a service of Cloud Run too. */
export function isCloudRunHost(url: string): boolean {
  return /\.(?:run\.app|cloudfunctions\.net)$/.test(new URL(url).hostname);
}

/**
 * Finds the service that answers at a URL, or has a name. The list of the global endpoint contains all regions.
 * https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services/list
 */
export async function findService(
  api: GoogleApi,
  { project, url, name }: { readonly project: string; readonly url: string; readonly name: string | undefined },
): Promise<CloudRunService | undefined> {
  let next: string | undefined;
  do {
    const query = next === undefined ? "" : `?continue=${encodeURIComponent(next)}`;
    const path = `/apis/serving.knative.dev/v1/namespaces/${project}/services${query}`;
    const page = (await api.call("run", { path })).json as {
      readonly items?: readonly ServiceJson[];
      readonly metadata?: { readonly continue?: string };
    };
    const found = page.items?.find((each) => (name === undefined ? answers(each, url) : each.metadata?.name === name));
    if (found) return serviceOf(found);
    next = page.metadata?.continue || undefined;
  } while (next !== undefined);
  return undefined;
}

/** A service has two addresses, with the project number and with a hash, and one for each tag of its traffic. */
function answers({ metadata, status }: ServiceJson, url: string): boolean {
  const listed = jsonList(metadata?.annotations?.["run.googleapis.com/urls"]);
  const all = [status?.url, ...(status?.traffic ?? []).map((each) => each.url), ...listed];
  const { href } = new URL(url);
  return all.some((each) => each !== undefined && URL.canParse(each) && isBelow(href, new URL(each).href));
}

function isBelow(href: string, base: string): boolean {
  return href === base || href.startsWith(base.endsWith("/") ? base : `${base}/`);
}

function jsonList(text = "[]"): readonly string[] {
  try {
    return (JSON.parse(text) as unknown[]).map(String);
  } catch {
    return [];
  }
}

function serviceOf({ metadata, spec }: ServiceJson): CloudRunService {
  const { annotations = {}, labels = {}, name = "" } = metadata ?? {};
  const template = spec?.template;
  const { containerConcurrency, timeoutSeconds, containers = [] } = template?.spec ?? {};
  const limits = [
    annotations["run.googleapis.com/maxScale"],
    template?.metadata?.annotations?.["autoscaling.knative.dev/maxScale"],
  ].flatMap((each) => (Number(each) > 0 ? [Number(each)] : []));
  return {
    name,
    region: labels["cloud.googleapis.com/location"] ?? "",
    ingress: annotations["run.googleapis.com/ingress"] ?? "all",
    isInvokerCheckDisabled: annotations["run.googleapis.com/invoker-iam-disabled"] === "true",
    timeoutMs: (timeoutSeconds ?? DEFAULT_TIMEOUT_S) * 1_000,
    maxInstances: limits.length === 0 ? DEFAULT_MAX_INSTANCES : Math.min(...limits),
    concurrency: containerConcurrency || DEFAULT_CONCURRENCY,
    variables: containers.flatMap(({ env = [] }) => env.map((each) => each.name ?? "")),
  };
}
