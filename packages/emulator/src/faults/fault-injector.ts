import type { Message } from "@bufbuild/protobuf";
import type { Clock } from "../clock/clock.ts";
import type { Send } from "../dispatch/running-attempt.ts";
import { taskName } from "../engine/engine-state.ts";
import type { EventHub } from "../event-hub.ts";
import { matchesName } from "../history/matches-name.ts";
import type { CallWrapper } from "../service/api-service.ts";
import { RpcError } from "../service/rpc-error.ts";
import { type CheckedFault, checkFault, type Effect } from "./check-fault.ts";
import { ConnectionDropped } from "./connection-dropped.ts";
import type { Fault, Faults, PlacedFault } from "./fault.ts";
import { lostRequest, sendLate, sendTwice, withoutAnswer } from "./faulty-send.ts";
import { seededRandom } from "./seeded-random.ts";

/** So many are kept; of more, those that are used up give way. */
const MOST = 1_000;

/** What faults need of the emulator around them. */
export interface FaultParts {
  readonly clock: Pick<Clock, "now" | "wakeAt">;
  readonly events: Pick<EventHub, "atEnd">;
}

/** Lets calls and deliveries go wrong as it is told. */
export class FaultInjector implements Faults {
  readonly #clock: FaultParts["clock"];
  readonly #waits = new Set<() => void>();
  #placed: Placed[] = [];
  #lastId = 0;

  constructor({ clock, events }: FaultParts) {
    this.#clock = clock;
    events.atEnd(() => {
      for (const end of this.#waits) end();
    });
  }

  add(fault: Fault): PlacedFault {
    const checked = checkFault(fault);
    if (this.#placed.length >= MOST) this.#forgetOne();
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
    const fault = this.#strikes(({ on }) => on === method.name || on === "*");
    return fault ? this.#fail(fault, run) : run();
  };

  /** Stands before what sends the requests of attempts. */
  send(send: Send): Send {
    return (attempt, request, observer) => {
      const { queue, id } = attempt.taskBefore;
      const fault = this.#strikes((wanted) => {
        const isWanted = wanted.on === "delivery" && matchesName(wanted.queue ?? queue, queue);
        return isWanted && matchesName(wanted.task ?? id, taskName(queue, id));
      });
      if (!fault) return send(attempt, request, observer);
      return deliver(fault.effect, send)(attempt, request, observer);
    };
  }

  #strikes(matches: (fault: CheckedFault) => boolean): CheckedFault | undefined {
    return this.#placed.find((placed) => matches(placed.checked) && placed.strikes())?.checked;
  }

  async #fail({ effect, after }: CheckedFault, run: () => Promise<Message>): Promise<Message> {
    if (effect.kind === "delay") {
      if (!after) await this.#wait(effect.ms);
      const answer = run();
      // Late, whether it is an answer or an error.
      if (after) await Promise.allSettled([answer]).then(() => this.#wait(effect.ms));
      return answer;
    }
    // Its answer is lost, whatever it was.
    if (after) await Promise.allSettled([run()]);
    throw effect.kind === "status" ? new RpcError(effect.status, effect.message) : new ConnectionDropped();
  }

  /** @throws ConnectionDropped where the emulator ends first */
  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        reject(new ConnectionDropped());
      };
      const cancel = this.#clock.wakeAt(this.#clock.now() + ms, () => {
        this.#waits.delete(end);
        resolve();
      });
      this.#waits.add(end);
    });
  }

  #forgetOne(): void {
    this.#placed.find(({ isUsedUp }) => isUsedUp)?.remove();
  }
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

  /** Whether it strikes this time, which is counted. */
  strikes(): boolean {
    if (this.isUsedUp || this.#random() >= this.checked.probability) return false;
    this.#fired += 1;
    return true;
  }
}

function deliver(effect: Effect, send: Send): Send {
  if (effect.kind === "delay") return sendLate(send, effect.ms);
  if (effect.kind === "twice") return sendTwice(send);
  return effect.kind === "drop" && effect.what === "response" ? withoutAnswer(send) : lostRequest;
}
