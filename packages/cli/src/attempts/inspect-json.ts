import type { TaskJson } from "@cloudtask/emulator/internal";

/** The parts of the emulator's JSON that the commands show. The files in `inspect/types` of the emulator document all of it. */

interface BodyJson {
  readonly body: string;
  readonly bodyEncoding: "text" | "base64";
  readonly bodySize: number;
}

/** A request. Secrets are masked. */
export interface RequestJson extends BodyJson {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A finished attempt. */
export interface AttemptJson {
  readonly phase: "finished";
  readonly id: string;
  readonly task: string;
  readonly attempt: number;
  readonly definition?: string;
  readonly finishTime: string;
  readonly durationMs: number;
  readonly outcome: "succeeded" | "retrying" | "exhausted" | "ignored";
  readonly discarded?: boolean;
  readonly status?: number;
  readonly error?: string;
  readonly retryTime?: string;
  readonly request?: RequestJson;
  readonly response?: BodyJson & {
    readonly status: number;
    readonly redirectedTo?: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
  };
}

/** A page of attempts, the newest first. */
export interface AttemptsJson {
  readonly attempts: readonly AttemptJson[];
  readonly nextCursor?: string;
}

/** A task with its attempts, the newest first. */
export interface TaskDetailJson {
  readonly task: {
    readonly name: string;
    readonly state: string;
    readonly definition?: string;
    readonly createTime: string;
    readonly scheduleTime: string;
    readonly dispatchCount: number;
    readonly waits: TaskJson["waits"];
    /** Present if the task is a dead letter. */
    readonly deadLetter?: object;
    readonly request?: RequestJson;
  };
  readonly attempts: readonly AttemptJson[];
}
