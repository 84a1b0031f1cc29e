import { type CloudTaskClient, createWorker, type Worker, type WorkerOptions } from "cloudtask";
import { makeTasks } from "../adapters/tasks.ts";
import type { Mount, Mounted, Traits } from "./adapter-traits.ts";
import { Wire } from "./adapter-wire.ts";

/** A behaviour that users rely on in every framework. */
export interface AdapterCase {
  /** A sentence. */
  readonly title: string;
  /** Options of the worker. Cases with equal options share a server. */
  readonly options?: WorkerOptions;
  /** Whether a mount supports the case. Default: all do. */
  readonly needs?: (traits: Traits) => boolean;
  /** Throws if the mount does not behave as the title says. */
  readonly run: (scene: Scene) => Promise<void>;
}

/** An answer with its body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The JSON body of a worker's answer. */
export interface AnswerBody {
  readonly status: string;
  readonly result?: unknown;
  readonly reason?: string;
  readonly message?: string;
}

type HeaderRecord = Readonly<Record<string, string>>;

/** The environment of one case: a server with the worker, and functions to call it. */
export class Scene {
  readonly origin: string;
  readonly traits: Traits;
  /** Unique, for the journal. */
  readonly id: string = crypto.randomUUID();
  readonly #opened: (() => unknown)[] = [];

  constructor(origin: string, traits: Traits) {
    this.origin = origin;
    this.traits = traits;
  }

  /** Calls the worker as Cloud Tasks does, unless `init` says otherwise. */
  async fetch(init: RequestInit & { readonly search?: string } = {}): Promise<Answer> {
    const { search = "", headers, ...rest } = init;
    const all = {
      "Content-Type": "application/json",
      "X-CloudTask-Secret": "s3cret-key",
      ...(headers as HeaderRecord),
    };
    const response = await fetch(`${this.origin}/tasks/run${search}`, { method: "POST", ...rest, headers: all });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Sends a raw body. */
  post(body: string | Uint8Array<ArrayBuffer>, headers: HeaderRecord = {}): Promise<Answer> {
    return this.fetch({ body, headers });
  }

  /** Delivers a task. */
  deliver(task: string, payload?: unknown, headers: HeaderRecord = {}): Promise<Answer> {
    return this.post(JSON.stringify({ task, payload }), headers);
  }

  /** Delivers a task that must succeed, and returns its result. */
  async result(task: string, payload?: unknown, headers: HeaderRecord = {}): Promise<unknown> {
    return resultOf(await this.deliver(task, payload, headers));
  }

  /** Returns the events of this scene, once it contains the entry `until` if given. */
  async journal(until?: string): Promise<readonly string[]> {
    return (await this.result("journal", { id: this.id, until })) as readonly string[];
  }

  /** Opens a separate connection, which is closed after the case. */
  async wire(): Promise<Wire> {
    const wire = await Wire.open(this.origin);
    this.#opened.push(() => wire.hangUp());
    return wire;
  }

  /** Mounts a separate worker, which the case may close, with additional tasks. */
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

/** Parses the body of an answer. Throws if it is not JSON. */
export function answerBody({ status, text }: { readonly status: number; readonly text: string }): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    throw new Error(`expected JSON, received ${status} ${JSON.stringify(text.slice(0, 500))}`);
  }
}

/** Returns the result of a successful delivery. Throws if the delivery failed. */
export function resultOf(answer: { readonly status: number; readonly text: string }): unknown {
  if (answer.status === 200) return answerBody(answer).result;
  throw new Error(`expected a success, received ${answer.status} ${JSON.stringify(answer.text.slice(0, 500))}`);
}

/** Runs cases on the servers of one mount: one per set of worker options, started on first use. */
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

/** Whether a mount supports a case. */
export function applies({ needs, options }: AdapterCase, traits: Traits): boolean {
  return (options === undefined || traits.takesOptions) && (needs?.(traits) ?? true);
}
