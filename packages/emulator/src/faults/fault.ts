import type { Duration, RpcStatus } from "cloudtask/internal";

/** The names of the API calls that faults can affect. */
export const rpcNames = [
  "BatchCreateTasks",
  "BatchDeleteTasks",
  "CancelOperation",
  "CreateQueue",
  "CreateTask",
  "DeleteOperation",
  "DeleteQueue",
  "DeleteTask",
  "GetCmekConfig",
  "GetIamPolicy",
  "GetLocation",
  "GetOperation",
  "GetQueue",
  "GetTask",
  "ListLocations",
  "ListOperations",
  "ListQueues",
  "ListTasks",
  "PauseQueue",
  "PurgeQueue",
  "ResumeQueue",
  "RunTask",
  "SetIamPolicy",
  "TestIamPermissions",
  "UpdateCmekConfig",
  "UpdateQueue",
  "WaitOperation",
] as const;

/**
 * Limits of a fault: how often it applies.
 *
 * @example
 * emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", probability: 0.1, seed: 7, times: "always" });
 */
export interface FaultLimits {
  /** The number of times that the fault applies; default 1. */
  readonly times?: number | "always";
  /** The probability that the fault applies to a matching call or delivery: greater than 0, at most 1; default 1. */
  readonly probability?: number;
  /** The seed of the random numbers for `probability`. The same seed gives the same sequence; default 1. */
  readonly seed?: number;
}

/**
 * A fault of an API call: the call is answered with an error, is answered late, or its connection is closed.
 *
 * @example
 * const busy: CallFault = { on: "CreateTask", status: "UNAVAILABLE", times: 3 };
 * const lostAnswer: CallFault = { on: "CreateTask", status: "DEADLINE_EXCEEDED", after: true };
 */
export type CallFault = FaultLimits & {
  /** The call to affect; `*` affects all calls. */
  readonly on: (typeof rpcNames)[number] | "*";
  /** `true` if the call takes effect first and only its answer is affected; default `false`. */
  readonly after?: boolean;
} & (
    | {
        /** The error to answer with. */
        readonly status: Exclude<RpcStatus, "OK">;
        /** The message of the error. */
        readonly message?: string;
      }
    | {
        /** The time to delay the call, by the emulator's clock. */
        readonly delay: Duration;
      }
    | {
        /** Closes the connection without an answer. */
        readonly drop: true;
      }
  );

/**
 * A fault of a delivery: it is answered with a status, is sent twice, is sent late, or the request or its response is lost.
 *
 * @example
 * const overloaded: DeliveryFault = { on: "delivery", status: 503, times: 3 };
 * const twice: DeliveryFault = { on: "delivery", twice: true, queue: "mail" };
 * const lostAnswer: DeliveryFault = { on: "delivery", drop: "response" };
 */
export type DeliveryFault = FaultLimits & {
  readonly on: "delivery";
  /** Affects only tasks of this queue, given by full name or id. */
  readonly queue?: string;
  /** Affects only this task, given by full name or id. */
  readonly task?: string;
} & (
    | {
        /** The HTTP status to answer with, from 200 to 599. The request is not sent to its target. */
        readonly status: number;
      }
    | {
        /** Sends the request twice at the same time. The first answer is the result of the attempt. */
        readonly twice: true;
      }
    | {
        /** The time to delay the request, by the emulator's clock. */
        readonly delay: Duration;
      }
    | {
        /** `request`: the target never gets the request. `response`: the target handles the request, but its answer is lost. */
        readonly drop: "request" | "response";
      }
  );

/**
 * A failure to simulate: of an API call or of a delivery.
 *
 * @example
 * const fault: Fault = { on: "delivery", delay: "2s", probability: 0.1, times: "always" };
 */
export type Fault = CallFault | DeliveryFault;

/**
 * A fault that was added to an emulator.
 *
 * @example
 * const placed: PlacedFault = emulator.faults.add({ on: "CreateTask", drop: true });
 * expect(placed.fired).toBe(1); // after a call
 */
export interface PlacedFault {
  readonly id: string;
  /** The fault as it was passed to `add()`. */
  readonly fault: Fault;
  /** The number of times that the fault has applied so far. */
  readonly fired: number;
  /** `true` if the fault has reached `times` and no longer applies. */
  readonly isUsedUp: boolean;
  /** Removes the fault. */
  remove(): void;
}

/**
 * The faults of an emulator. If several faults match a call or delivery, only the one that was added first applies.
 *
 * @example
 * emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 2 });
 * await task.push(); // succeeds at the third attempt
 */
export interface Faults {
  /**
   * Adds a fault.
   *
   * @param fault - the failure to simulate and how often
   * @returns the added fault, which counts how often it has applied
   * @throws TypeError that names the invalid field; RangeError if there are 1,000 faults that can still apply
   */
  add(fault: Fault): PlacedFault;
  /** Returns the faults that were not removed, including used-up ones, in the order they were added. */
  list(): readonly PlacedFault[];
  /** Removes all faults. */
  clear(): void;
}
