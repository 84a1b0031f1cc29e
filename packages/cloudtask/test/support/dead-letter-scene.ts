import { type ClientOptions, type CloudTaskClient, createWorker, type WorkerOptions } from "../../src/index.ts";
import { type Answer, type ApiServer, apiServer, clientOf, created, refusal, type WireTask } from "./api-server.ts";
import { deliveryOf } from "./deliveries.ts";

/** Answers the question for the first attempt as a service without permission to read tasks. */
const forbidden = refusal(403, "PERMISSION_DENIED");

/** A client with a dead-letter queue, its worker, and the API that both call. */
export interface DeadLetterScene {
  readonly api: ApiServer;
  readonly client: CloudTaskClient;
  /** Everything that the client logged. */
  readonly log: readonly string[];
  /** Delivers a body, or a task that was pushed, and returns the status and the answer. */
  deliver(
    body: unknown,
    headers?: Readonly<Record<string, string | null>>,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
  /** The tasks that were created in a queue, with the path of the call. */
  createdIn(queue: string): readonly WireTask[];
}

/**
 * Creates the scene.
 *
 * @param options - `answers`: the answers to the CreateTask calls; `google`: the API counts as Google's instead of an emulator
 */
export async function deadLetterScene(
  clientOptions: Partial<ClientOptions> = {},
  options: { readonly worker?: WorkerOptions; readonly answers?: readonly Answer[]; readonly google?: boolean } = {},
): Promise<DeadLetterScene> {
  const { worker: workerOptions = {}, answers = [], google } = options;
  let creates = 0;
  const api = await apiServer((outgoing, request) => {
    if (request.method === "GET") return forbidden(outgoing, request);
    const answer = answers[Math.min(creates++, answers.length - 1)] ?? created;
    return answer(outgoing, request);
  });
  const log: string[] = [];
  const logger = { warn: (line: string) => void log.push(line), error: (line: string) => void log.push(line) };
  const direct = google && { emulatorHost: undefined, apiEndpoint: `http://${api.host}`, token: async () => "ya29" };
  const client = clientOf(api, { deadLetter: "dead", logger, ...direct, ...clientOptions });
  const worker = createWorker(client, { allowUnauthenticated: true, ...workerOptions });
  return {
    api,
    client,
    log,
    async deliver(body, headers) {
      const response = await worker.fetch(deliveryOf(body, headers));
      return { status: response.status, body: await response.json() };
    },
    createdIn: (queue) =>
      api.requests
        .filter(({ method, path }) => method === "POST" && path.endsWith(`/queues/${queue}/tasks`))
        .map(({ text }) => JSON.parse(text).task),
  };
}

/** Returns the body of a task, decoded. */
export function bodyOf(task: WireTask | undefined): string {
  return Buffer.from(requestOf(task).body, "base64").toString();
}

/** Returns the request of a task to either target. */
export function requestOf(task: WireTask | undefined): Pick<WireTask["httpRequest"], "body" | "headers"> {
  const { httpRequest, appEngineHttpRequest } = (task ?? {}) as Partial<WireTask>;
  return (httpRequest ?? appEngineHttpRequest ?? {}) as WireTask["httpRequest"];
}
