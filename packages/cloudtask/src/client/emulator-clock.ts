import type { HttpSender } from "../core/http-sender.ts";

/** The longest wait for the offset, in milliseconds. An emulator answers immediately. */
const TIMEOUT_MS = 2_000;

/**
 * The clock of an emulator, which may be ahead of this machine's: `cloudtask advance` moves it forward. A delay that was counted
 * from this machine's time would then have passed already.
 */
export class EmulatorClock {
  readonly #url: string;
  readonly #sender: HttpSender;
  /** The request for the offset that is in flight. */
  #pending: Promise<number> | undefined;
  #hasOffset = true;

  /** @param baseUrl - the URL of the emulator, without a slash at the end */
  constructor(baseUrl: string, sender: HttpSender) {
    this.#url = `${baseUrl}/inspect/emulator`;
    this.#sender = sender;
  }

  /**
   * Requests the emulator's time. It is not cached, because anyone can change the clock at any time. If the emulator does not
   * answer, this machine's time is returned; the push itself then reports the failed connection.
   *
   * @returns milliseconds since the epoch
   */
  async now(): Promise<number> {
    if (!this.#hasOffset) return Date.now();
    this.#pending ??= this.#readOffset().finally(() => {
      this.#pending = undefined;
    });
    return Date.now() + (await this.#pending);
  }

  async #readOffset(): Promise<number> {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const { status, body } = await this.#sender.send({ method: "GET", url: this.#url, headers: {}, signal });
      // Other emulators have no such page.
      if (status === 404) this.#hasOffset = false;
      const { clockOffsetMs } = JSON.parse(body) as { readonly clockOffsetMs?: unknown };
      return typeof clockOffsetMs === "number" ? clockOffsetMs : 0;
    } catch {
      return 0;
    }
  }
}
