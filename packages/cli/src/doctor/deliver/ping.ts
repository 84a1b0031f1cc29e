import { randomUUID } from "node:crypto";
import { SECRET_HEADER_MARK } from "cloudtask/internal";
import { PING_TASK } from "cloudtask/internal/cli";
import type { Facts } from "../facts.ts";
import { GoogleFailure } from "../google/google-failure.ts";
import { queueName } from "../setup.ts";
import { PING_BODY } from "../worker/call-worker.ts";

/** The used part of a task. https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks */
interface TaskJson {
  readonly dispatchCount?: number;
  readonly lastAttempt?: {
    readonly responseTime?: string;
    readonly responseStatus?: { readonly code?: number; readonly message?: string };
  };
}

/**
 * The state of a ping. `gone`: Cloud Tasks deletes a task after an answer with a 2xx status. `failed`: an attempt had another answer.
 * `running`: an attempt has no answer yet.
 */
export type PingState =
  | { readonly kind: "waiting" | "running" | "gone" }
  | { readonly kind: "failed"; readonly httpStatus: number };

/** The retries of a ping. The second attempt is so late that the first one can be read, and the last one ends a forgotten ping. */
const RETRY = { maxAttempts: 3, minBackoff: "3600s", maxBackoff: "3600s" };

/** A ping in a queue. */
export class Ping {
  /** The full name of its task. It is known before the task exists, so a ping whose creation was interrupted is deleted too. */
  readonly name: string;
  readonly #facts: Facts;

  constructor(facts: Facts, queue: string) {
    this.name = `${queueName(facts.setup, queue)}/tasks/${PING_TASK}-${randomUUID()}`;
    this.#facts = facts;
  }

  /** Creates the task, with everything that a push sends. @throws GoogleFailure */
  async push(url: string): Promise<void> {
    const { setup, api } = this.#facts;
    const { serviceAccount, audience, secret, secretHeader } = setup;
    const httpRequest = {
      url,
      httpMethod: "POST",
      headers: {
        "Content-Type": "application/json",
        "CloudTask-Name": PING_TASK,
        ...(secret === undefined ? {} : { [secretHeader]: secret }),
      },
      body: Buffer.from(PING_BODY).toString("base64"),
      ...(serviceAccount === undefined ? {} : { oidcToken: { serviceAccountEmail: serviceAccount, audience } }),
    };
    await api.call("cloudtasks", {
      method: "POST",
      path: `/v2/${this.name.replace(/\/[^/]+$/, "")}`,
      // An emulator masks the header with this name in its history.
      ...(setup.emulator ? { headers: { [SECRET_HEADER_MARK]: secretHeader } } : {}),
      body: { task: { name: this.name, retryConfig: RETRY, dispatchDeadline: "15s", httpRequest } },
    });
  }

  /** Reads the last attempt. @throws GoogleFailure */
  async state(): Promise<PingState> {
    let task: TaskJson;
    try {
      task = Object((await this.#facts.api.call("cloudtasks", { path: `/v2/${this.name}` })).json);
    } catch (error) {
      if (error instanceof GoogleFailure && error.status === "NOT_FOUND") return { kind: "gone" };
      throw error;
    }
    const { dispatchCount = 0, lastAttempt } = task;
    // The message is such as "PERMISSION_DENIED(7): HTTP status code 403"; 0 if there was no connection.
    const [, status] = /HTTP status code (\d+)/.exec(lastAttempt?.responseStatus?.message ?? "") ?? [];
    if (status !== undefined) return { kind: "failed", httpStatus: Number(status) };
    return { kind: dispatchCount > 0 ? "running" : "waiting" };
  }

  /** Deletes the task if it still exists. @throws GoogleFailure */
  async delete(): Promise<void> {
    try {
      await this.#facts.api.call("cloudtasks", { method: "DELETE", path: `/v2/${this.name}` });
    } catch (error) {
      if (error instanceof GoogleFailure && error.status === "NOT_FOUND") return;
      throw error;
    }
  }
}
