/** Names to remember at most, and their length. A program that gives every task a name of its own must not fill the memory. */
const MAX_NAMES = 1_000;
const MAX_LENGTH = 500;

/** Numbers for names that many attempts have in common. */
export class NameNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** Returns the number of a name, -1 if there are too many names. */
  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length === MAX_NAMES || name.length > MAX_LENGTH) return -1;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  nameOf(number: number): string | undefined {
    return this.#names[number];
  }

  clear(): void {
    this.#numbers.clear();
    this.#names.length = 0;
  }
}
