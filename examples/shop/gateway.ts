import { NonRetriableError, RetryAfterError } from "cloudtask";

/** A payment provider: it is down at times, and rejects some cards permanently. */
export class Gateway {
  readonly #charged = new Set<string>();
  #calls = 0;

  async charge(card: string, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<void> {
    if (card === "stolen") throw new NonRetriableError("the card is stolen");
    if (this.#charged.has(idempotencyKey)) return;
    this.#calls += 1;
    if (this.#calls === 1) throw new Error("the gateway does not respond");
    if (this.#calls === 2) throw new RetryAfterError("30s", "the gateway is busy for 30 seconds");
    this.#charged.add(idempotencyKey);
  }
}
