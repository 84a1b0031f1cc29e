import type { Message } from "@bufbuild/protobuf";
import type { Clock } from "../clock/clock.ts";
import type { Send } from "../dispatch/running-attempt.ts";
import { taskName } from "../engine/engine-state.ts";
import type { EventHub } from "../event-hub.ts";
import { matchesName } from "../history/matches-name.ts";
import type { CallWrapper } from "../service/api-service.ts";
import type { MaybePromise } from "../service/maybe-promise.ts";
import { RpcError } from "../service/rpc-error.ts";
import { type CheckedFault, checkFault, type Effect } from "./check-fault.ts";
import { ConnectionDropped } from "./connection-dropped.ts";
import type { Fault, Faults, PlacedFault } from "./fault.ts";
import { answerInstead, lostRequest, sendLate, sendTwice, withoutAnswer } from "./faulty-send.ts";
import { seededRandom } from "./seeded-random.ts";

/** Faults to keep at most. Beyond it, adding one removes the oldest used-up fault, or fails if there is none. */
const MAX_FAULTS = 1_000;

/** The parts of an emulator that faults use. */
export interface FaultParts {
  readonly clock: Pick<Clock, "now" | "wakeAt">;
  readonly events: Pick<EventHub, "atEnd">;
}

/** Applies faults to API calls and deliveries. */
export class FaultInjector implements Faults {
  readonly #clock: FaultParts["clock"];
  /** Functions that end the pending delays when the emulator is closed. */
  readonly #cancelWaits = new Set<() => void>();
  #placed: Placed[] = [];
  #lastId = 0;

  constructor({ clock, events }: FaultParts) {
    this.#clock = clock;
    events.atEnd(() => {
      for (const cancel of this.#cancelWaits) cancel();
    });
  }

  add(fault: Fault): PlacedFault {
    const checked = checkFault(fault);
    if (this.#placed.length >= MAX_FAULTS) this.#removeUsedUp();
    if (this.#placed.length >= MAX_FAULTS) {
      throw new RangeError(
        `faults.add: there are ${MAX_FAULTS} faults that can still apply; remove some, or call clear()`,
      );
    }
    this.#lastId += 1;
    const placed = new Placed(String(this.#lastId), Object.freeze({ ...fault }), checked, () => {
      this.#placed = this.#placed.filter((other) => other !== placed);
    });
    this.#placed.push(placed);
    return placed;
  }

  list(): readonly PlacedFault[] {
    return [...this.#placed];
  }

  clear(): void {
    this.#placed = [];
  }

  /** Wraps every call of the API. */
  readonly wrapCall: CallWrapper = (method, run) => {
    if (this.#placed.length === 0) return run();
    const fault = this.#findFault(({ on }) => on === method.name || on === "*");
    return fault ? this.#applyToCall(fault, run) : run();
  };

  /** Wraps the function that sends the requests of attempts. */
  send(send: Send): Send {
    return (attempt, request, observer) => {
      const { queue, id } = attempt.taskBefore;
      const fault = this.#findFault((checked) => {
        const isMatch = checked.on === "delivery" && matchesName(checked.queue ?? queue, queue);
        return isMatch && matchesName(checked.task ?? id, taskName(queue, id));
      });
      if (!fault) return send(attempt, request, observer);
      return faultySend(fault.effect, send)(attempt, request, observer);
    };
  }

  #findFault(matches: (fault: CheckedFault) => boolean): CheckedFault | undefined {
    return this.#placed.find((placed) => matches(placed.checked) && placed.tryToFire())?.checked;
  }

  async #applyToCall({ effect, after }: CheckedFault, run: () => MaybePromise<Message>): Promise<Message> {
    if (effect.kind === "delay") {
      if (!after) await this.#wait(effect.ms);
      const answer = running(run);
      // Errors are delayed like answers.
      if (after) await Promise.allSettled([answer]).then(() => this.#wait(effect.ms));
      return answer;
    }
    // The call takes effect, but its answer or error is replaced.
    if (after) await Promise.allSettled([running(run)]);
    throw effect.kind === "status" ? new RpcError(effect.status, effect.message) : new ConnectionDropped();
  }

  /** @throws ConnectionDropped if the emulator is closed before the delay has passed */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        cancel();
        reject(new ConnectionDropped());
      };
      const cancel = this.#clock.wakeAt(this.#clock.now() + ms, () => {
        this.#cancelWaits.delete(abort);
        resolve();
      });
      this.#cancelWaits.add(abort);
    });
  }

  #removeUsedUp(): void {
    this.#placed.find(({ isUsedUp }) => isUsedUp)?.remove();
  }
}

/** Runs a call. An error that it throws at once becomes a rejection, like any other. */
async function running(run: () => MaybePromise<Message>): Promise<Message> {
  return run();
}

class Placed implements PlacedFault {
  readonly id: string;
  readonly fault: Fault;
  readonly checked: CheckedFault;
  readonly remove: () => void;
  readonly #random: () => number;
  #fired = 0;

  constructor(id: string, fault: Fault, checked: CheckedFault, remove: () => void) {
    this.id = id;
    this.fault = fault;
    this.checked = checked;
    this.remove = remove;
    this.#random = seededRandom(checked.seed);
  }

  get fired(): number {
    return this.#fired;
  }

  get isUsedUp(): boolean {
    return this.#fired >= this.checked.times;
  }

  /** Decides whether the fault applies now, and counts it if so. */
  tryToFire(): boolean {
    if (this.isUsedUp || this.#random() >= this.checked.probability) return false;
    this.#fired += 1;
    return true;
  }
}

function faultySend(effect: Effect, send: Send): Send {
  if (effect.kind === "delay") return sendLate(send, effect.ms);
  if (effect.kind === "twice") return sendTwice(send);
  if (effect.kind === "answer") return answerInstead(effect.status);
  return effect.kind === "drop" && effect.part === "response" ? withoutAnswer(send) : lostRequest;
}
