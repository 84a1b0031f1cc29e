import { expect, test } from "vitest";
import { parseEnvelope } from "./codec.ts";

test.each<[string, unknown]>([
  ['{"task":"t","payload":{"id":1}}', { task: "t", payload: { id: 1 } }],
  ['{"task":"t"}', { task: "t", payload: undefined }],
  ['{"task":"t","payload":null}', { task: "t", payload: null }],
  [' {"payload":[1],"task":"t","added":"by a newer push"} ', { task: "t", payload: [1] }],
  ['\ufeff{"task":"t"}', { task: "t", payload: undefined }],
])("%s is parsed", (text, envelope) => {
  expect(parseEnvelope(text)).toEqual({ ...Object(envelope), body: text });
});

test.each([
  ["", "the body is not JSON"],
  ["task=t", "the body is not JSON"],
  ['{"task":"t"', "the body is not JSON"],
  ["null", 'the body is not an object such as {"task":"name","payload":{}}'],
  ['"t"', 'the body is not an object such as {"task":"name","payload":{}}'],
  ['[{"task":"t"}]', 'the body is not an object such as {"task":"name","payload":{}}'],
  ["{}", 'the body names no task: "task" must be a string'],
  ['{"task":""}', 'the body names no task: "task" must be a string'],
  ['{"task":1}', 'the body names no task: "task" must be a string'],
  ['{"__proto__":{"task":"t"}}', 'the body names no task: "task" must be a string'],
])("%j is rejected", (text, problem) => {
  expect(parseEnvelope(text)).toEqual({ problem });
});
