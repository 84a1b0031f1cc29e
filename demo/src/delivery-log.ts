import { EventEmitter } from "node:events";
import type { RequestHandler, Response } from "express";

/** One delivery, as middleware in front of the worker observes it. Times are in milliseconds since the epoch. */
export interface ObservedDelivery {
  readonly task: string;
  readonly id: string;
  readonly attempt: number;
  readonly arrivedAt: number;
  readonly answeredAt: number;
  /** Milliseconds between the response to the previous attempt and this request; `undefined` for the first attempt. */
  readonly waitedMs: number | undefined;
  readonly status: number;
  readonly outcome: "success" | "discarded" | "error";
}

/** Observes every delivery and its response, independently of the library. */
export class DeliveryLog {
  readonly #byId = new Map<string, ObservedDelivery[]>();
  readonly #events = new EventEmitter();

  /** Express middleware; mount it before the worker. */
  readonly record: RequestHandler = (request, response, next) => {
    const arrivedAt = Date.now();
    const id = request.get("X-CloudTasks-TaskName") ?? "";
    const previous = this.of(id).at(-1);
    response.once("finish", () => {
      this.#add({
        task: request.get("CloudTask-Name") ?? "",
        id,
        attempt: Number(request.get("X-CloudTasks-TaskRetryCount")) + 1,
        arrivedAt,
        answeredAt: Date.now(),
        waitedMs: previous && arrivedAt - previous.answeredAt,
        status: response.statusCode,
        outcome: outcomeOf(response),
      });
    });
    next();
  };

  /** The deliveries so far, of one task or of all tasks. */
  of(id?: string): readonly ObservedDelivery[] {
    return id === undefined ? [...this.#byId.values()].flat() : (this.#byId.get(id) ?? []);
  }

  /** @returns a function that removes the listener */
  onAnswered(listener: (delivery: ObservedDelivery) => void): () => void {
    this.#events.on("answered", listener);
    return () => this.#events.off("answered", listener);
  }

  /** Waits until a delivery of the task is answered 2xx, after which Cloud Tasks deletes the task. */
  async settled(id: string): Promise<readonly ObservedDelivery[]> {
    if (!this.of(id).some(isFinal)) await new Promise<void>((resolve) => this.#events.once(`settled ${id}`, resolve));
    return this.of(id);
  }

  #add(delivery: ObservedDelivery): void {
    this.#byId.set(delivery.id, [...this.of(delivery.id), delivery]);
    this.#events.emit("answered", delivery);
    if (isFinal(delivery)) this.#events.emit(`settled ${delivery.id}`);
  }
}

function isFinal({ outcome }: ObservedDelivery): boolean {
  return outcome !== "error";
}

function outcomeOf(response: Response): ObservedDelivery["outcome"] {
  if (response.statusCode < 200 || response.statusCode > 299) return "error";
  return response.get("CloudTask-Outcome") === "discarded" ? "discarded" : "success";
}
