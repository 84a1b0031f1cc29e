/** Writes JSON, with a few values that `JSON.stringify()` changes or rejects. */
export class JsonWriter {
  /** `true` if the value contains a −0 or a BigInt. Without them, `JSON.stringify()` is faster without a replacer. */
  hasSpecial = false;

  /** Writes −0 as `-0`, which `JSON.parse()` reads as −0, and a BigInt as a string. */
  write(value: unknown): string {
    if (!this.hasSpecial) return JSON.stringify(value);
    // Random, so it cannot be a part of the value.
    const minusZero = crypto.randomUUID();
    const text = JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === "bigint") return String(each);
      return Object.is(each, -0) ? minusZero : each;
    });
    return text.replaceAll(`"${minusZero}"`, "-0");
  }
}
