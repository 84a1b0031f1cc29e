import type { Duration, RpcStatus } from "cloudtask/internal";

/** The calls that can fail on demand, by the names of the API. */
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

/** How often a fault strikes. */
interface FaultLimits {
  /** How often it strikes before it is used up; default 1. */
  readonly times?: number | "always";
  /** How probable it is that it strikes where it could, more than 0 and at most 1; default 1. */
  readonly probability?: number;
  /** What its chances are drawn from: the same seed, the same draws; default 1. */
  readonly seed?: number;
}

/**
 * What goes wrong with a call of the API: it is answered with an error, answered late, or its connection is cut.
 *
 * @example
 * const busy: CallFault = { on: "CreateTask", status: "UNAVAILABLE", times: 3 };
 * const lostAnswer: CallFault = { on: "CreateTask", status: "DEADLINE_EXCEEDED", after: true };
 */
export type CallFault = FaultLimits & {
  /** Which call; `*` for any. */
  readonly on: (typeof rpcNames)[number] | "*";
  /** Whether the call is carried out first, so that only its answer is affected; default false. */
  readonly after?: boolean;
} & (
    | {
        /** Answers with this error. */
        readonly status: Exclude<RpcStatus, "OK">;
        /** Its message. */
        readonly message?: string;
      }
    | {
        /** Waits so long by the emulator's clock. */
        readonly delay: Duration;
      }
    | {
        /** Cuts the connection without an answer. */
        readonly drop: true;
      }
  );

/**
 * What goes wrong with a delivery: it comes twice, late, or is lost on the way there or back.
 *
 * @example
 * const twice: DeliveryFault = { on: "delivery", twice: true, queue: "mail" };
 * const lostAnswer: DeliveryFault = { on: "delivery", drop: "response" };
 */
export type DeliveryFault = FaultLimits & {
  readonly on: "delivery";
  /** Only tasks of this queue: its full name, or its id. */
  readonly queue?: string;
  /** Only this task: its full name, or its id. */
  readonly task?: string;
} & (
    | {
        /** Sends the same request a second time, beside the first; what is answered first counts. */
        readonly twice: true;
      }
    | {
        /** Sends it so much later, by the emulator's clock. */
        readonly delay: Duration;
      }
    | {
        /** `request`: the target never sees it. `response`: the target acts, and its answer is lost. */
        readonly drop: "request" | "response";
      }
  );

/**
 * Something that goes wrong on demand.
 *
 * @example
 * const fault: Fault = { on: "delivery", delay: "2s", probability: 0.1, times: "always" };
 */
export type Fault = CallFault | DeliveryFault;

/**
 * A fault that an emulator was told of.
 *
 * @example
 * const placed: PlacedFault = emulator.faults.add({ on: "CreateTask", drop: true });
 * expect(placed.fired).toBe(1); // after a call
 */
export interface PlacedFault {
  readonly id: string;
  readonly fault: Fault;
  /** How often it has struck so far. */
  readonly fired: number;
  /** Whether it will not strike any more. */
  readonly isUsedUp: boolean;
  /** Takes it away. */
  remove(): void;
}

/**
 * The faults of an emulator. Where several match, the one that was added first strikes, and only that.
 *
 * @example
 * emulator.faults.add({ on: "CreateTask", status: "UNAVAILABLE", times: 2 });
 * await task.push(); // succeeds at the third try
 */
export interface Faults {
  /**
   * @param fault - what is to go wrong, and how often
   * @returns the fault, which tells how often it struck
   * @throws TypeError where the fault is none, naming the field
   */
  add(fault: Fault): PlacedFault;
  /** All that were added and not removed, used up or not, in the order in which they came. */
  list(): readonly PlacedFault[];
  /** Takes all of them away. */
  clear(): void;
}
