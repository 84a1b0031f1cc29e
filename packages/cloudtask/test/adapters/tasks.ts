import {
  CloudTaskClient,
  type Delivery,
  depends,
  NonRetriableError,
  RetryAfterError,
  type StandardSchema,
} from "cloudtask";

/** The id of a case: many cases share one server. */
interface Marked {
  readonly id: string;
}

/** Events, by the id of the case. */
class Journal {
  readonly #entries = new Map<string, string[]>();
  readonly #readers = new Set<() => void>();

  write(id: string, entry: string): void {
    this.#entries.set(id, [...this.read(id), entry]);
    for (const look of this.#readers) look();
  }

  read(id: string): readonly string[] {
    return this.#entries.get(id) ?? [];
  }

  /** Waits until an entry exists. */
  has(id: string, entry: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!this.read(id).includes(entry)) return;
        this.#readers.delete(look);
        resolve();
      };
      this.#readers.add(look);
      signal.addEventListener("abort", () => reject(signal.reason));
      look();
    });
  }
}

/**
 * Defines the tasks that the adapter suite delivers: one client for every framework, in the suite's process or in another. The task
 * `journal` returns the events of the others, so a suite needs only HTTP.
 */
export function makeTasks(): CloudTaskClient {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret-key" });
  const journal = new Journal();
  client.task("journal", async ({ id, until }: Marked & { readonly until?: string }, { delivery }) => {
    if (until !== undefined) await journal.has(id, until, delivery.signal);
    return journal.read(id);
  });
  client.task("mark", ({ id }: Marked) => journal.write(id, "ran"));
  defineEchoes(client);
  defineFailures(client);
  defineSessions(client, journal);
  return client;
}

function defineEchoes(client: CloudTaskClient): void {
  client.task("echo", (payload: unknown) => payload);
  client.task("kind", (payload: unknown) => typeof payload);
  client.task("minus-zero", (payload: unknown) => Object.is(payload, -0));
  client.task("inherits", (payload: object) => ({
    keys: Object.keys(payload),
    plain: Object.getPrototypeOf(payload) === Object.prototype,
    admin: "admin" in payload,
  }));
  client.task("inspect", (_: unknown, { delivery }) => factsOf(delivery));
  client.task("nothing", () => undefined);
  client.task("cyclic", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    return cyclic;
  });
}

function factsOf({ request, deadline, signal, use: _, ...facts }: Delivery): Record<string, unknown> {
  const { pathname, search } = new URL(request.url);
  return {
    ...facts,
    deadlineMs: deadline.getTime() - Date.now(),
    aborted: signal.aborted,
    method: request.method,
    path: pathname + search,
    headers: Object.fromEntries(request.headers),
  };
}

function defineFailures(client: CloudTaskClient): void {
  client.task("fail", () => Promise.reject(new Error("the login of ada failed, password=hunter2")));
  client.task("fail-at-once", () => {
    throw new Error("the login of ada failed, password=hunter2");
  });
  client.task("fail-oddly", () => Promise.reject(undefined));
  client.task("never-again", () => Promise.reject(new NonRetriableError("the login of ada failed, password=hunter2")));
  client.task("later", () => Promise.reject(new RetryAfterError("90s", "the login of ada failed, password=hunter2")));
  client.task("twice-at-most", { retry: { maxAttempts: 2 }, run: () => Promise.reject(new Error("no")) });
  client.task("count", { input: wholeNumber, run: (number) => number + 1 });
}

const wholeNumber: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "the adapter suite",
    validate: (value) =>
      Number.isInteger(value) ? { value: value as number } : { issues: [{ message: "not a whole number" }] },
  },
};

/** Defines tasks with a session. The journal records its creation and its end. */
function defineSessions(client: CloudTaskClient, journal: Journal): void {
  const getId = depends(({ delivery }) => delivery.request.headers.get("X-Id") ?? "");
  const getSession = depends({ id: getId }, async function* ({ id }) {
    journal.write(id, "begin");
    try {
      yield { write: (entry: string) => journal.write(id, entry) };
      // The answer waits for a slow commit.
      await new Promise((resolve) => setTimeout(resolve, 5));
      journal.write(id, "commit");
    } catch (error) {
      journal.write(id, "rollback");
      throw error;
    } finally {
      journal.write(id, "release");
    }
  });
  const getOrders = depends({ session: getSession }, ({ session }) => ({ session }));
  const deps = { session: getSession, orders: getOrders };
  client.task("save", { deps, run: (_: unknown, { session, orders }) => save(session, orders) });
  client.task("fail-to-save", { deps, run: () => Promise.reject(new Error("no")) });
  const getBroken = depends({ session: getSession }, function* () {
    yield "broken";
    throw new Error("the login of ada failed, password=hunter2");
  });
  client.task("fail-to-commit", { deps: { broken: getBroken }, run: () => "done" });
  client.task("wait", {
    deps: { session: getSession },
    run: async (_: unknown, { session, delivery }) => {
      session.write("started");
      await new Promise((_, reject) => {
        delivery.signal.addEventListener("abort", () => reject(delivery.signal.reason));
      }).finally(() => session.write("aborted"));
    },
  });
}

function save(session: { write(entry: string): void }, orders: { readonly session: unknown }): boolean {
  session.write("run");
  return orders.session === session;
}
