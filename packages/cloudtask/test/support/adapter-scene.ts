import { type CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "cloudtask";
import { makeTasks } from "../adapters/tasks.ts";
import type { Mount, Mounted, Traits } from "./adapter-traits.ts";
import { Wire } from "./adapter-wire.ts";

/** A behaviour that users rely on, whatever the framework. */
export interface AdapterCase {
  /** A sentence. */
  readonly title: string;
  /** The worker's. Cases with the same ones share a server. */
  readonly options?: WorkerOptions;
  /** Which mounts can have it. Default: all. */
  readonly needs?: (traits: Traits) => boolean;
  /** Throws where the mount does not behave. */
  readonly run: (scene: Scene) => Promise<void>;
}

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What the worker says in JSON. */
export interface Told {
  readonly status: string;
  readonly result?: unknown;
  readonly reason?: string;
  readonly message?: string;
}

type HeadersGiven = Readonly<Record<string, string>>;

/** Where one case plays: a server with the worker, and ways to call it. */
export class Scene {
  readonly origin: string;
  readonly traits: Traits;
  /** Of this scene alone, for the journal. */
  readonly id: string = crypto.randomUUID();
  readonly #opened: (() => unknown)[] = [];

  constructor(origin: string, traits: Traits) {
    this.origin = origin;
    this.traits = traits;
  }

  /** Calls the worker as Cloud Tasks does; `init` goes over that. */
  async fetch(init: RequestInit & { readonly search?: string } = {}): Promise<Answer> {
    const { search = "", headers, ...rest } = init;
    const all = { "Content-Type": "application/json", "X-CloudTask-Secret": "s3cret", ...(headers as HeadersGiven) };
    const response = await fetch(`${this.origin}/tasks/run${search}`, { method: "POST", ...rest, headers: all });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Sends a body as it is. */
  post(body: string | Uint8Array<ArrayBuffer>, headers: HeadersGiven = {}): Promise<Answer> {
    return this.fetch({ body, headers });
  }

  /** Delivers a task. */
  deliver(task: string, payload?: unknown, headers: HeadersGiven = {}): Promise<Answer> {
    return this.post(JSON.stringify({ task, payload }), headers);
  }

  /** Delivers a task that succeeds. */
  async result(task: string, payload?: unknown, headers: HeadersGiven = {}): Promise<unknown> {
    return resultOf(await this.deliver(task, payload, headers));
  }

  /**
   * What happened under this scene's id.
   *
   * @param until - an entry to wait for
   */
  async journal(until?: string): Promise<readonly string[]> {
    return (await this.result("journal", { id: this.id, until })) as readonly string[];
  }

  /** A connection of its own, closed after the case. */
  async wire(): Promise<Wire> {
    const wire = await Wire.open(this.origin);
    this.#opened.push(() => wire.hangUp());
    return wire;
  }

  /** A worker of its own, which the case may close, with tasks that the case defines beside the suite's. */
  async worker(
    define: (client: CloudTaskClient) => unknown,
  ): Promise<{ readonly worker: Worker; readonly scene: Scene }> {
    const client = makeTasks();
    define(client);
    const worker = createWorker(client);
    const mounted = await this.traits.mountWorker?.(worker);
    if (mounted === undefined) throw new Error("the case needs `mountWorker`");
    this.#opened.push(() => mounted.close());
    return { worker, scene: new Scene(mounted.origin, this.traits) };
  }

  async close(): Promise<void> {
    for (const close of this.#opened) await close();
  }
}

/** @returns what an answer says; throws where that is not JSON of the worker's */
export function toldBy({ status, text }: { readonly status: number; readonly text: string }): Told {
  try {
    return JSON.parse(text) as Told;
  } catch {
    throw new Error(`expected JSON, received ${status} ${JSON.stringify(text.slice(0, 500))}`);
  }
}

/** @returns the result of a delivery that succeeded; throws where it did not */
export function resultOf(answer: { readonly status: number; readonly text: string }): unknown {
  if (answer.status === 200) return toldBy(answer).result;
  throw new Error(`expected a success, received ${answer.status} ${JSON.stringify(answer.text.slice(0, 500))}`);
}

/** Plays cases on the servers of one mount: one for each set of worker options, started when first needed. */
export class Stage {
  readonly #mount: Mount;
  readonly #traits: Traits;
  readonly #mounted = new Map<string, Promise<Mounted>>();

  constructor(mount: Mount, traits: Traits) {
    this.#mount = mount;
    this.#traits = traits;
  }

  async play({ options, run }: AdapterCase): Promise<void> {
    const key = JSON.stringify(options ?? {});
    const mounting = this.#mounted.get(key) ?? this.#mount(makeTasks(), options);
    this.#mounted.set(key, mounting);
    const scene = new Scene((await mounting).origin, this.#traits);
    try {
      await run(scene);
    } finally {
      await scene.close();
    }
  }

  async close(): Promise<void> {
    for (const mounting of this.#mounted.values()) await (await mounting).close();
  }
}

/** Whether a mount can have a case. */
export function applies({ needs, options }: AdapterCase, traits: Traits): boolean {
  return (options === undefined || traits.takesOptions) && (needs?.(traits) ?? true);
}
