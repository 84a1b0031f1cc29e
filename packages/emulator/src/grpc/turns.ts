/** Actions to run in one turn of the event loop. */
const ACTIONS_PER_TURN = 4;

/**
 * Runs actions in order, a few in each turn of the event loop. Node sends the answers of a turn together at its end. If all calls
 * of a busy client were answered in one turn, the client would wait for the last of them, and the emulator then for the client.
 */
export class Turns {
  readonly #actions: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined;

  add(action: () => void): void {
    this.#actions.push(action);
    this.#next ??= setImmediate(() => this.#run());
  }

  #run(): void {
    for (const action of this.#actions.splice(0, ACTIONS_PER_TURN)) action();
    this.#next = this.#actions.length > 0 ? setImmediate(() => this.#run()) : undefined;
  }
}
