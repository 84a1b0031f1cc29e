/** Actions to run in one turn of the event loop. */
const ACTIONS_PER_TURN = 4;

/**
 * Runs actions in order, a few in each turn of the event loop, the first ones at once. Node sends the answers of a turn together at
 * its end. If all calls of a busy client were answered in one turn, the client would wait for the last of them, and the emulator
 * then for the client.
 */
export class Turns {
  readonly #actions: (() => void)[] = [];
  /** Actions that ran at once in this turn. */
  #ran = 0;
  #next: NodeJS.Immediate | undefined;

  add(action: () => void): void {
    this.#next ??= setImmediate(() => this.#run());
    if (this.#ran === ACTIONS_PER_TURN || this.#actions.length > 0) {
      this.#actions.push(action);
      return;
    }
    this.#ran += 1;
    action();
  }

  #run(): void {
    const actions = this.#actions.splice(0, ACTIONS_PER_TURN - this.#ran);
    this.#ran = 0;
    for (const action of actions) action();
    this.#next = this.#actions.length > 0 ? setImmediate(() => this.#run()) : undefined;
  }
}
