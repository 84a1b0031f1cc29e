import {
  type ClientOptions,
  CloudTaskClient,
  CloudTaskError,
  createWorker,
  depends,
  type PushOptions,
  type PushResult,
  type Worker,
} from "cloudtask";

/** The address of a service, and the emulator that it pushes to. */
export interface ServiceSettings {
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** `undefined`: from the environment. */
  readonly emulatorHost?: string | undefined;
}

/** Commands of a test to a service, with their parameters. */
export interface Commands {
  readonly push: (payload: unknown, options?: PushOptions) => Promise<PushResult>;
  readonly pushMany: (count: number) => Promise<number>;
  readonly deleteTask: (name: string) => Promise<boolean>;
  /** Pushes a number of tasks inside `deferPushes()`, which then succeeds or fails. */
  readonly deferPushes: (count: number, fails: boolean) => Promise<unknown>;
  /** Pushes a task that defers a push; its first attempt fails. */
  readonly deferInDelivery: (payload: unknown) => Promise<PushResult>;
  /** Pushes with a client in eager mode. */
  readonly eager: (mode: "immediate" | "remote", payload: unknown) => Promise<PushResult>;
  /** Pushes, and aborts the push after a number of milliseconds. */
  readonly abort: (afterMs: number) => Promise<PushResult>;
  /** Returns the events of handlers so far. */
  readonly seen: () => Promise<readonly unknown[]>;
}

/** A service that pushes tasks, receives them, and executes commands of a test, all over HTTP. */
export interface Service {
  readonly client: CloudTaskClient;
  /** By the paths that they are mounted at. */
  readonly workers: Readonly<Record<string, Worker>>;
  /** Executes a command. It never rejects. */
  readonly command: (path: string, args: readonly unknown[]) => Promise<object>;
  /** The events of its handlers so far. */
  readonly seen: unknown[];
  /** Answers `POST /do/<command>`, and deliveries to `/tasks/run` and `/eager/run`. */
  readonly fetch: (request: Request) => Promise<Response>;
}

const SECRET = "s3cret-key";
const ACCOUNT = "tasks@my-project.iam.gserviceaccount.com";

/** Creates a service. It does nothing that a module must not do while it loads. */
export function makeService(settings: ServiceSettings): Service {
  const { origin, emulatorHost } = settings;
  const seen: unknown[] = [];
  const common = { emulatorHost, secret: SECRET };
  const client = new CloudTaskClient({ ...common, url: `${origin}/tasks/run`, serviceAccount: ACCOUNT });
  const getSession = depends(async function* () {
    seen.push("begin");
    yield { greet: (payload: unknown) => seen.push(payload) };
    await new Promise((resolve) => setTimeout(resolve, 1));
    seen.push("commit");
  });
  const greet = client.task("greet", {
    deps: { session: getSession },
    run: async (payload: unknown, { session }) => void session.greet(payload),
  });
  const count = client.task("count", async (number: number) => void seen.push(number));
  const outer = client.task("outer", {
    deferPushes: true,
    run: async (payload: number, { delivery }) => {
      await count(payload * 10 + delivery.attempt).push();
      if (delivery.attempt === 1) throw new Error("not yet");
    },
  });
  const eager = eagerly(common, `${origin}/eager/run`, seen);
  const commands: Commands = {
    push: (payload, options) => greet(payload).push(options),
    pushMany: async (length) => (await client.pushMany(Array.from({ length }, (_, index) => count(index)))).length,
    deleteTask: (name) => client.deleteTask(name),
    deferPushes: (length, fails) =>
      client.deferPushes(async () => {
        for (let index = 0; index < length; index++) await count(index).push();
        if (fails) throw new Error("rolled back");
        return `before its ${length} pushes: ${seen.length}`;
      }),
    deferInDelivery: (payload) => outer(Number(payload)).push(),
    eager: (mode, payload) => eager.push[mode](payload),
    abort: (afterMs) => count(0).push({ signal: AbortSignal.timeout(afterMs) }),
    seen: async () => seen,
  };
  const workers: Record<string, Worker> = { "/tasks/run": createWorker(client), "/eager/run": eager.worker };
  const command = (path: string, args: readonly unknown[]): Promise<object> => answerTo(commands, path, args);
  return {
    client,
    workers,
    command,
    seen,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      return workers[pathname]?.fetch(request) ?? Response.json(await command(pathname, await request.json()));
    },
  };
}

/** Eager pushes carry no token, because only the emulator can sign one. Their worker requires the secret. */
function eagerly(common: Omit<ClientOptions, "url">, url: string, seen: unknown[]) {
  const here = new CloudTaskClient({ ...common, url, eager: "immediate" });
  const there = new CloudTaskClient({ ...common, url, eager: "remote" });
  const run = async (payload: unknown): Promise<void> => void seen.push(payload);
  const push = { immediate: here.task("eager", run), remote: there.task("eager", run) };
  return {
    worker: createWorker(there),
    push: {
      immediate: (payload: unknown) => push.immediate(payload).push(),
      remote: (payload: unknown) => push.remote(payload).push(),
    },
  };
}

async function answerTo(commands: Commands, path: string, args: readonly unknown[]): Promise<object> {
  const name = path.replace("/do/", "") as keyof Commands;
  const command = commands[name] as (...args: readonly unknown[]) => Promise<unknown>;
  try {
    return { value: (await command(...args)) ?? null };
  } catch (error) {
    const { code, message } = CloudTaskError.from(error);
    return { error: { code, message } };
  }
}
