import { abortedError } from "../../core/errors/aborted-error.ts";
import { CloudTaskError } from "../../core/errors/cloud-task-error.ts";
import { hasCode } from "../../core/errors/has-code.ts";
import { lastSegment } from "../../core/resource-name.ts";
import { deleteResource } from "../../transport/delete-resource.ts";
import type { AdminContext } from "../admin-context.ts";
import { resourceOf } from "../answer.ts";
import { findLetters } from "./find-letters.ts";
import { Pace } from "./pace.ts";
import type { StoredLetter } from "./read-dead-letter.ts";
import type { FailedRedrive, RedriveOptions, RedriveResult } from "./redrive-options.ts";
import { type EditPayload, redrivenTask } from "./redriven-task.ts";

/** The number of letters that are redriven at the same time. */
const CONCURRENCY = 16;

/** A redrive of the letters of one queue. */
export class Redrive {
  readonly #context: AdminContext;
  readonly #queueName: string;
  /** The queue of all tasks, instead of their home queues. */
  readonly #to: string | undefined;
  readonly #subject: string;
  readonly #options: RedriveOptions<never>;
  /** The ids of the tasks that this redrive created. */
  readonly #created = new Set<string>();
  readonly #failed: FailedRedrive[] = [];
  #redriven = 0;
  /** The error of `onProgress`. */
  #stopped: { readonly error: unknown } | undefined;

  /** @param queues - the full resource names of the dead-letter queue, and of the queue that replaces the home queues */
  constructor(
    context: AdminContext,
    queues: { readonly from: string; readonly to: string | undefined },
    options: RedriveOptions<never>,
    subject: string,
  ) {
    this.#context = context;
    this.#queueName = queues.from;
    this.#to = queues.to;
    this.#options = options;
    this.#subject = subject;
  }

  /** @throws ApiError and other errors of the calls that read the queue; CloudTaskError with the code `ABORTED` */
  async run(): Promise<RedriveResult> {
    const { match, signal, limit = Number.POSITIVE_INFINITY, rate } = this.#options;
    const pace = new Pace(CONCURRENCY, rate, signal);
    let started = 0;
    try {
      for await (const stored of findLetters(this.#context, this.#queueName, {
        match,
        subject: this.#subject,
        signal,
      })) {
        // A letter of a task that this redrive created. Redriving it again could repeat forever.
        if (this.#created.has(stored.letter.originalId ?? "")) continue;
        if (started >= limit) break;
        started += 1;
        await pace.start(() => this.#redriveOne(stored));
        if (signal?.aborted || this.#stopped !== undefined) break;
      }
    } finally {
      await pace.finish();
    }
    if (signal?.aborted) {
      const effect = `${this.#redriven} dead letters were redriven.`;
      throw abortedError(`Could not redrive the dead letters of ${this.#queueName}`, signal, effect);
    }
    if (this.#stopped !== undefined) throw this.#stopped.error;
    return { redriven: this.#redriven, failed: this.#failed };
  }

  /** Creates the task before it deletes the letter, so nothing is lost if the process dies in between. */
  async #redriveOne(stored: StoredLetter): Promise<void> {
    try {
      const { transport, registry } = this.#context;
      const homeQueue = this.#to ?? this.#homeQueue(stored);
      const edit = this.#options.edit as EditPayload | undefined;
      const { id, body } = await redrivenTask(stored, homeQueue, registry, edit);
      this.#created.add(id);
      await this.#create(homeQueue, body, stored);
      await deleteResource(transport, stored.letter.name);
      this.#redriven += 1;
    } catch (error) {
      this.#failed.push({ letter: stored.letter, error });
    }
    this.#reportProgress();
  }

  #reportProgress(): void {
    try {
      this.#options.onProgress?.({ redriven: this.#redriven, failed: this.#failed.length });
    } catch (error) {
      this.#stopped ??= { error };
    }
  }

  /** A task that exists was created by another redrive of this letter, which then did not delete the letter. */
  async #create(homeQueue: string, body: string, { letter }: StoredLetter): Promise<void> {
    const action = `redrive ${letter.name} to ${homeQueue}`;
    try {
      const call = { method: "POST", path: `${homeQueue}/tasks`, body, action } as const;
      // The letter is deleted next, so the answer must confirm the task.
      resourceOf((await this.#context.transport.call(call)).body, action);
    } catch (error) {
      if (!hasCode(error, "API_ERROR") || error.status !== "ALREADY_EXISTS") throw error;
    }
  }

  #homeQueue({ letter }: StoredLetter): string {
    if (letter.homeQueue !== undefined)
      return this.#queueName.slice(0, -lastSegment(this.#queueName).length) + letter.homeQueue;
    throw new CloudTaskError(
      "CONFIGURATION_MISSING",
      `Could not redrive ${letter.name}: its home queue is unknown, because the task was not delivered by Cloud Tasks. Pass the option \`to\`.`,
    );
  }
}
