import { expect, test } from "vitest";
import { HiddenValues } from "./hidden-values.ts";
import { maskBody, maskHeaders, maskUrl } from "./mask-http.ts";
import { SecretNames } from "./secret-names.ts";

test("further names are secret in headers and in every shape of a body, whether upper or lower case", () => {
  const hidden = (): HiddenValues => new HiddenValues(new SecretNames(["X-Internal-Call", "iban"]));
  expect(maskHeaders([["x-internal-call", "hunter2-hunter2"]], hidden())).toEqual([["x-internal-call", "***"]]);
  expect(maskHeaders([["X-Internal-Caller", "me"]], hidden())).toEqual([["X-Internal-Caller", "me"]]);
  expect(maskUrl("https://h/?IBAN=DE1&x=1", hidden())).toBe("https://h/?IBAN=***&x=1");
  for (const [text, masked] of [
    ['{"iban":"DE1","a":1}', '{"iban":"***","a":1}'],
    ['{"headers":{"x-internal-call":"abc"}}', '{"headers":{"x-internal-call":"***"}}'],
    ["iban: DE1\na: 1", "iban: ***\na: 1"],
    ["<iban>DE1</iban>", "<iban>***</iban>"],
  ] as const)
    expect(maskBody({ bytes: Buffer.from(text), size: text.length, type: "" }, hidden()).body).toBe(masked);
});

test("at most 100 further names are kept, and known names are not added", () => {
  const names = new SecretNames();
  expect([names.add("X-Secret"), names.add(""), names.add("x-internal"), names.add("X-Internal")]).toEqual([
    false,
    false,
    true,
    false,
  ]);
  for (let count = 0; count < 200; count += 1) names.add(`x-${count}`);
  expect(names.further).toHaveLength(100);
});
