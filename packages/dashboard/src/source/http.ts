/** Values of query parameters. Empty and missing ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** An answer that is no success, or no answer. `status` is `undefined` if the server could not be reached. */
export class SourceError extends Error {
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.name = "SourceError";
    this.status = status;
  }
}

/** Returns the address of a route of the server. It is relative to the page, which can be served under a path prefix. */
export function addressOf(path: string, query: Query = {}): string {
  const url = new URL(`./${path}`, location.href.split("#")[0]);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/**
 * Reads JSON.
 *
 * @throws SourceError with the message of the server
 */
export function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return request(addressOf(path, query), signal === undefined ? {} : { signal });
}

/**
 * Sends a request to the server with the token of this page, which changes need. It changes with every start of the server, so it is
 * read again after a 403.
 *
 * @throws SourceError with the message of the server
 */
export async function sendJson<T>(
  method: string,
  path: string,
  body?: unknown,
  query: Query = {},
  signal?: AbortSignal,
): Promise<T> {
  const send = async (token: string): Promise<T> =>
    request(addressOf(path, query), {
      method,
      headers: { "Content-Type": "application/json", "X-CloudTask-Token": token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  const used = await pageToken();
  try {
    return await send(used);
  } catch (error) {
    if (!(error instanceof SourceError && error.status === 403)) throw error;
    token = undefined;
    const renewed = await pageToken();
    // The token was not the reason: Google Cloud, for example, denied the change.
    if (renewed === used) throw error;
    return send(renewed);
  }
}

/** The server writes the token of its current start into the page. */
let token: Promise<string> | undefined = tokenInPage();

function tokenInPage(): Promise<string> | undefined {
  const tag = document.querySelector<HTMLMetaElement>("meta[name=cloudtask-token]");
  return tag === null ? undefined : Promise.resolve(tag.content);
}

async function pageToken(): Promise<string> {
  token ??= getJson<{ readonly token: string }>("control/session").then((session) => session.token);
  return token;
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, cache: "no-store" }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new SourceError(`${location.host} does not answer. Check that it is running.`, undefined, { cause: error });
  });
  const text = await response.text();
  if (!response.ok)
    throw new SourceError(messageOf(text) ?? `${location.host} answered ${response.status}.`, response.status);
  return JSON.parse(text === "" ? "{}" : text) as T;
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
