import { connect } from "node:net";
import { expect, test } from "vitest";
import { CloudTaskClient, type WorkerOptions } from "../../src/index.ts";

/** A server with the worker mounted at `/tasks/run`. */
export interface Mounted {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Mounts a client's worker on a real server. */
export type Mount = (client: CloudTaskClient, options?: WorkerOptions) => Promise<Mounted>;

const SECRET = { "X-CloudTask-Secret": "s3cret" };

interface Seen {
  /** The task `wait` is running. */
  readonly started: Promise<void>;
  /** Its signal aborted, with this reason. */
  readonly aborted: Promise<unknown>;
}

function makeClient(): { readonly client: CloudTaskClient; readonly seen: Seen } {
  const client = new CloudTaskClient({ url: "http://worker.test/tasks/run", secret: "s3cret" });
  let start: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  let abort: (reason: unknown) => void = () => undefined;
  const aborted = new Promise((resolve) => {
    abort = resolve;
  });
  client.task("echo", (payload: unknown, { delivery }) => {
    const { pathname, search } = new URL(delivery.request.url);
    return {
      payload,
      attempt: delivery.attempt,
      header: delivery.request.headers.get("X-Own"),
      path: pathname + search,
    };
  });
  client.task("fail", () => Promise.reject(new Error("nothing to see")));
  client.task("wait", (_: undefined, { delivery }) => {
    start();
    delivery.signal.addEventListener("abort", () => abort(delivery.signal.reason));
    return aborted;
  });
  return { client, seen: { started, aborted } };
}

async function using<T>(
  mount: Mount,
  use: (origin: string, seen: Seen) => Promise<T>,
  options?: WorkerOptions,
): Promise<T> {
  const { client, seen } = makeClient();
  const mounted = await mount(client, options);
  try {
    return await use(mounted.origin, seen);
  } finally {
    await mounted.close();
  }
}

function post(origin: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const all = { "Content-Type": "application/json", ...SECRET, ...headers };
  return fetch(`${origin}/tasks/run`, { method: "POST", headers: all, body: text });
}

/**
 * What every adapter does, on its real framework.
 *
 * @param name - the framework, for the titles
 * @param mount - how the worker is mounted there
 */
export function adapterSuite(name: string, mount: Mount): void {
  test(`${name}: a delivery arrives whole, and its result goes back`, async () => {
    await using(mount, async (origin) => {
      const payload = { text: "grüße 👋", deep: { list: [1, null, "x".repeat(200_000)] } };
      const response = await post(
        origin,
        { task: "echo", payload },
        { "X-Own": "yes", "X-CloudTasks-TaskRetryCount": "2" },
      );
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe("application/json");
      expect(await response.json()).toEqual({
        status: "success",
        result: { payload, attempt: 3, header: "yes", path: "/tasks/run" },
      });
    });
  });

  test.each([
    ["a handler that throws", { task: "fail" }, {}, 500, '{"status":"error"}'],
    ["an unknown task", { task: "gone" }, {}, 404, "no task definition is named"],
    ["a wrong secret", { task: "echo" }, { "X-CloudTask-Secret": "guess" }, 403, "does not hold"],
    ["a foreign content type", { task: "echo" }, { "Content-Type": "text/plain" }, 400, "application/json"],
  ] as const)(`${name}: %s is answered as the outcome table says`, async (_, body, headers, status, text) => {
    await using(mount, async (origin) => {
      const response = await post(origin, body, headers);
      expect(response.status).toBe(status);
      expect(await response.text()).toContain(text);
    });
  });

  test(`${name}: many deliveries over one connection do not mix`, async () => {
    await using(mount, async (origin) => {
      const answers = Array.from({ length: 50 }, async (_, index) => {
        const response = await post(origin, { task: "echo", payload: index });
        return ((await response.json()) as { result: { payload: number } }).result.payload;
      });
      expect(await Promise.all(answers)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    });
  });

  test(`${name}: a caller that hangs up aborts the delivery`, async () => {
    await using(mount, async (origin, { started, aborted }) => {
      const body = '{"task":"wait"}';
      const head = [
        "POST /tasks/run HTTP/1.1",
        "Host: worker.test",
        "Content-Type: application/json",
        "X-CloudTask-Secret: s3cret",
        `Content-Length: ${body.length}`,
      ];
      const socket = connect({ port: Number(new URL(origin).port), host: "127.0.0.1" });
      socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
      await started;
      socket.destroy();
      expect(await aborted).toEqual(new Error("the caller closed the connection"));
    });
  });
}

/** What an adapter does where no body parser stands before it. */
export function rawBodySuite(name: string, mount: Mount): void {
  test.each([
    ["malformed JSON", "{", 400, "not JSON"],
    ["an empty body", "", 400, "not JSON"],
    ["a body over the limit", JSON.stringify("x".repeat(2_000)), 413, "larger than 1000 bytes"],
  ])(`${name}: %s is refused`, async (_, body, status, text) => {
    await using(
      mount,
      async (origin) => {
        const response = await post(origin, body);
        expect(response.status).toBe(status);
        expect(await response.text()).toContain(text);
      },
      { maxBodyBytes: 1_000 },
    );
  });

  test(`${name}: a GET is answered 405`, async () => {
    await using(mount, async (origin) => {
      const response = await fetch(`${origin}/tasks/run`);
      expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST"]);
    });
  });
}
