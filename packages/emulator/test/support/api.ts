import type { Emulator } from "@cloudtask/emulator";

/** The fields of a task that tests read. */
export interface TaskJson {
  readonly name: string;
  readonly scheduleTime: string;
  readonly dispatchCount?: number;
  readonly responseCount?: number;
  readonly firstAttempt?: object;
  readonly lastAttempt?: { readonly responseStatus?: { readonly code?: number; readonly message?: string } };
  readonly httpRequest: { readonly headers: Readonly<Record<string, string>>; readonly body?: string };
}

/** A response of the REST API. */
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

/** Calls `{method} /v2/{path}`. The body is sent as JSON, a string unchanged. */
export function call(emulator: Emulator, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  return callAt(emulator, method, `/v2/${path}`, body);
}

/** Calls a path with its version. */
export async function callAt(emulator: Emulator, method: string, path: string, body?: unknown): Promise<ApiAnswer> {
  const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(`${emulator.url}${path}`, { method, ...init });
  return { status: response.status, body: (await response.json()) as ApiAnswer["body"] };
}

/** The full name of a queue in the emulator's project and location. */
export function queuePath(emulator: Emulator, id: string): string {
  return `projects/${emulator.project}/locations/${emulator.location}/queues/${id}`;
}

/** The options of `createTask()`. */
export interface TaskOptions {
  readonly queue?: string;
  readonly id?: string;
  readonly url?: string;
  readonly delaySeconds?: number;
  readonly now?: number;
  readonly httpRequest?: object;
  readonly dispatchDeadline?: string;
}

/** Creates a task, by default in the queue `default`. */
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

/** The tasks of a queue, from ListTasks. */
export async function listTasks(emulator: Emulator, queue = "default"): Promise<readonly TaskJson[]> {
  const { body } = await call(emulator, "GET", `${queuePath(emulator, queue)}/tasks`);
  return body.tasks ?? [];
}
