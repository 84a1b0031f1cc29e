import { EventEmitter } from "node:events";
import type { RequestHandler, Response } from "express";

/** One delivery as it was seen at the worker's door. Times are in milliseconds since the epoch. */
export interface SeenDelivery {
  readonly task: string;
  readonly id: string;
  readonly attempt: number;
  readonly arrivedAt: number;
  readonly answeredAt: number;
  /** From the answer to the attempt before until this one arrived; `undefined` for the first. */
  readonly waitedMs: number | undefined;
  readonly status: number;
  readonly outcome: "success" | "discarded" | "error";
}

/** The demo's witness: sees each delivery come in and its answer go out, whatever the library makes of it. */
export class DeliveryLog {
  readonly #byId = new Map<string, SeenDelivery[]>();
  readonly #events = new EventEmitter();

  /** Express middleware, to stand before the worker. */
  readonly record: RequestHandler = (request, response, next) => {
    const arrivedAt = Date.now();
    const id = request.get("X-CloudTasks-TaskName") ?? "";
    const before = this.of(id).at(-1);
    response.once("finish", () => {
      this.#add({
        task: request.get("CloudTask-Name") ?? "",
        id,
        attempt: Number(request.get("X-CloudTasks-TaskRetryCount")) + 1,
        arrivedAt,
        answeredAt: Date.now(),
        waitedMs: before && arrivedAt - before.answeredAt,
        status: response.statusCode,
        outcome: outcomeOf(response),
      });
    });
    next();
  };

  /** All deliveries of one task so far, or of all tasks. */
  of(id?: string): readonly SeenDelivery[] {
    return id === undefined ? [...this.#byId.values()].flat() : (this.#byId.get(id) ?? []);
  }

  /** @returns stops listening */
  onAnswered(listener: (delivery: SeenDelivery) => void): () => void {
    this.#events.on("answered", listener);
    return () => this.#events.off("answered", listener);
  }

  /** Waits until a task was answered 2xx, after which Cloud Tasks forgets it. */
  async settled(id: string): Promise<readonly SeenDelivery[]> {
    if (!this.of(id).some(isFinal)) await new Promise<void>((resolve) => this.#events.once(`settled ${id}`, resolve));
    return this.of(id);
  }

  #add(delivery: SeenDelivery): void {
    this.#byId.set(delivery.id, [...this.of(delivery.id), delivery]);
    this.#events.emit("answered", delivery);
    if (isFinal(delivery)) this.#events.emit(`settled ${delivery.id}`);
  }
}

function isFinal({ outcome }: SeenDelivery): boolean {
  return outcome !== "error";
}

function outcomeOf(response: Response): SeenDelivery["outcome"] {
  if (response.statusCode < 200 || response.statusCode > 299) return "error";
  return response.get("CloudTask-Outcome") === "discarded" ? "discarded" : "success";
}
