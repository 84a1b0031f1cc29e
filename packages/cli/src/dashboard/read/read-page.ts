import { NetworkError } from "cloudtask";
import type { CloudApi } from "../cloud-parts.ts";
import type { ApiTask } from "./api-task.ts";
import type { View } from "./body-access.ts";

/** Tasks of a page, with and without bodies. Ten tasks of 1 MB each still fit into an answer of 16 MiB. */
const SIZES: Readonly<Record<View, readonly number[]>> = { FULL: [100, 10], BASIC: [1_000] };

/** A page of the tasks of a queue. */
export interface TaskPage {
  readonly tasks: readonly ApiTask[];
  readonly nextPageToken: string | undefined;
  readonly view: View;
}

/** The page to read. */
export interface PagePosition {
  /** The full name of the queue. */
  readonly queue: string;
  /** Empty for the first page. */
  readonly pageToken: string;
}

/** Reads a page of the tasks of a queue with one call of the API, or with a second one if the answer is too long. */
export async function readPage(api: CloudApi, position: PagePosition, signal: AbortSignal): Promise<TaskPage> {
  const { value, view } = await api.bodies.read((each) =>
    readSized(api, position, { sizes: SIZES[each], view: each, signal }),
  );
  return { ...value, view };
}

interface Sized {
  readonly sizes: readonly number[];
  readonly view: View;
  readonly signal: AbortSignal;
}

async function readSized(
  api: CloudApi,
  position: PagePosition,
  { sizes, view, signal }: Sized,
): Promise<Pick<TaskPage, "tasks" | "nextPageToken">> {
  const { queue, pageToken } = position;
  const [size = 0, ...smaller] = sizes;
  const query = new URLSearchParams({ responseView: view, pageSize: String(size), ...(pageToken && { pageToken }) });
  const action = `list the tasks of ${queue}`;
  await api.pace.wait(signal);
  try {
    const { body } = await api.transport.call({ method: "GET", path: `${queue}/tasks?${query}`, action, signal });
    const { tasks = [], nextPageToken } = body as { tasks?: readonly ApiTask[]; nextPageToken?: string };
    return { tasks, nextPageToken: nextPageToken || undefined };
  } catch (error) {
    if (smaller.length === 0 || !isTooLong(error)) throw error;
    return readSized(api, position, { sizes: smaller, view, signal });
  }
}

function isTooLong(error: unknown): boolean {
  return error instanceof NetworkError && Object(error.cause).code === "ERR_RESPONSE_TOO_LARGE";
}
