import { type Finding, failed } from "../check.ts";

/** An answer that is not the worker's. */
interface ForeignAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const MOUNT = "set `url` to the address at which the worker is mounted, with its path";

/** The pages of Google's front end begin with such a heading: `Error: Forbidden`, `Error: Page not found`. */
const PLATFORM_PAGE = /<h1>\s*Error: |^Rate exceeded|^Service Unavailable/i;

/**
 * Whether Google's platform answered, before any container. The header `Server` alone does not show it, because the front end adds it to
 * the answers of containers too.
 */
export function isPlatformAnswer({ headers, body }: Pick<ForeignAnswer, "headers" | "body">): boolean {
  // https://cloud.google.com/iap/docs/faq
  if (headers.has("X-Goog-IAP-Generated-Response")) return true;
  return /google/i.test(headers.get("Server") ?? "") && PLATFORM_PAGE.test(body);
}

/** Explains an answer that no worker of this library gives. */
export function foreignAnswer(answer: ForeignAnswer): Finding {
  const { url, status, headers } = answer;
  if (status >= 300 && status < 400) return redirected(url, status, headers);
  if (isPlatformAnswer(answer)) return answeredByGoogle(url, status);
  if (status >= 200 && status < 300) {
    return failed(`another server answers ${status} at ${url}: tasks would count as done, and never run`, MOUNT);
  }
  if (status === 404) return failed(`a server answers 404 at ${url}, but no worker`, MOUNT);
  if (status === 405) return failed(`a server answers 405 at ${url}: it accepts no POST there`, MOUNT);
  if (status === 401 || status === 403) {
    return failed(
      `something in front of the worker rejects the call with ${status}: a proxy, a firewall or the middleware of the application`,
      "let POST requests to the path of the worker through; the worker authenticates its callers itself",
    );
  }
  return failed(
    `${url} answers ${status}, but not as a worker`,
    "read the log of the server, or of the proxy in front of it",
  );
}

function redirected(url: string, status: number, headers: Headers): Finding {
  const location = headers.get("Location") ?? "";
  const target = URL.canParse(location, url) ? new URL(location, url).href : undefined;
  return failed(
    `${url} redirects with ${status}${target ? ` to ${target}` : ""}: Cloud Tasks repeats the call there as a GET without the body, or fails`,
    target ? `set \`url\` to ${target}, and \`audience\` if it was the URL` : MOUNT,
  );
}

function answeredByGoogle(url: string, status: number): Finding {
  if (status === 404) {
    return failed(
      `Google's front end answers 404 for ${new URL(url).host}: there is no such service, or its ingress is internal`,
      "correct the host of `url`; with --ingress=internal, only Cloud Tasks of the same project reaches it, which --deliver proves",
    );
  }
  if (status === 401 || status === 403) {
    return failed(
      `the platform rejects calls without a token (${status}), and no service account is set, so deliveries have none`,
      "set `serviceAccount` and grant it roles/run.invoker on the service, or allow public access and let the worker authenticate",
    );
  }
  return failed(
    `the platform answers ${status}, before the worker`,
    "read the log of the service: no instance could start, or all are busy",
  );
}
