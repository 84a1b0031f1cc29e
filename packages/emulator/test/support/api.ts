import type { Emulator } from "@cloudtask/emulator";

/** A task as the API writes it, as far as tests look at it. */
export interface TaskJson {
  readonly name: string;
  readonly scheduleTime: string;
  readonly dispatchCount?: number;
  readonly responseCount?: number;
  readonly firstAttempt?: object;
  readonly lastAttempt?: { readonly responseStatus?: { readonly code?: number; readonly message?: string } };
  readonly httpRequest: { readonly headers: Readonly<Record<string, string>>; readonly body?: string };
}

/** An answer of the REST API. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Partial<TaskJson> & {
    readonly error?: { readonly code: number; readonly message: string; readonly status: string };
    readonly tasks?: readonly TaskJson[];
    readonly queues?: readonly { readonly name: string }[];
    readonly nextPageToken?: string;
    readonly [field: string]: unknown;
  };
}

/** Calls `{method} /v2/{path}`; the body, if any, is sent as JSON, a string as it is. */
export function call(emulator: Emulator, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  return callAt(emulator, method, `/v2/${path}`, body);
}

/** The same with a whole path, of another version. */
export async function callAt(emulator: Emulator, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(`${emulator.url}${path}`, { method, ...init });
  return { status: response.status, body: (await response.json()) as ApiAnswer["body"] };
}

/** The full name of a queue of the emulator's own project and location. */
export function queuePath(emulator: Emulator, id: string): string {
  return `projects/${emulator.project}/locations/${emulator.location}/queues/${id}`;
}

/** What a test says about a task. */
export interface TaskOptions {
  readonly queue?: string;
  readonly id?: string;
  readonly url?: string;
  readonly delaySeconds?: number;
  readonly now?: number;
  readonly httpRequest?: object;
  readonly dispatchDeadline?: string;
}

/** Creates a task, in the queue `default` where no other is named. */
export function createTask(emulator: Emulator, options: TaskOptions = {}): Promise<ApiAnswer> {
  const queue = queuePath(emulator, options.queue ?? "default");
  const { now = Date.now(), delaySeconds = 0, dispatchDeadline } = options;
  const task = {
    ...(options.id !== undefined && { name: `${queue}/tasks/${options.id}` }),
    ...(delaySeconds > 0 && { scheduleTime: new Date(now + delaySeconds * 1000).toISOString() }),
    ...(dispatchDeadline !== undefined && { dispatchDeadline }),
    httpRequest: { url: options.url ?? "http://127.0.0.1:9/", ...options.httpRequest },
  };
  return call(emulator, "POST", `${queue}/tasks`, { task });
}

/** The tasks of a queue, as ListTasks gives them. */
export async function listTasks(emulator: Emulator, queue = "default"): Promise<readonly TaskJson[]> {
  const { body } = await call(emulator, "GET", `${queuePath(emulator, queue)}/tasks`);
  return body.tasks ?? [];
}
