import { expect, test } from "vitest";
import { answerText } from "./failure-answer.ts";

const answers: readonly (readonly [message: string, answer: string])[] = [
  ["connection to db refused", "500 connection to db refused"],
  ['"charge-card" (task order-7, attempt 3) failed: the bank answered 503', "500 the bank answered …"],
  ['"say \\"hi\\"" (attempt 12) failed: no', "500 no"],
  ["order 4711 of customer-12 took 1532ms, 1,000.5 is the limit", "500 order … of customer-… took …ms, … is the limit"],
  ["E11000 duplicate key on ipv4 in utf8", "500 E11000 duplicate key on ipv4 in utf8"],
  ["no row 0c5d1f3e-7f0a-4c3d-9d1e-4b5a6c7d8e9f", "500 no row …"],
  ["charge ch3MmlLrLkdIwHu7ix0snN0B15 was declined", "500 charge … was declined"],
  ["commit 3f786850e387550fdab836ed7e6dc881de23001b is missing", "500 commit … is missing"],
  ["locked at 2030-01-01T12:00:00.5Z until 13:00:00+01:00", "500 locked at … until …+…"],
  ["שלום 12 🎉", "500 שלום … 🎉"],
];

test.each(answers)("the answer %j is grouped as %j", (message, answer) => {
  expect(answerText({ status: 500, discarded: undefined, error: undefined }, message)).toBe(answer);
});

const results: readonly (readonly [title: string, Parameters<typeof answerText>, answer: string])[] = [
  ["an empty answer", [{ status: 502, discarded: undefined, error: undefined }, undefined], "502"],
  [
    "a discard by our worker",
    [
      { status: 200, discarded: true, error: undefined },
      '"charge" (task 7, attempt 1) was discarded (non-retriable): order 7 is gone',
    ],
    "discarded (non-retriable): order … is gone",
  ],
  ["a discard", [{ status: 200, discarded: true, error: undefined }, "order 7 is gone"], "discarded order … is gone"],
  [
    "an error of the connection, whose port matters",
    [
      { status: undefined, discarded: undefined, error: "connect ECONNREFUSED 127.0.0.1:8080" },
      "connect ECONNREFUSED 127.0.0.1:8080",
    ],
    "no answer: connect ECONNREFUSED 127.0.0.1:8080",
  ],
];

test.each(results)("%s is grouped by its result", (_, parameters, answer) => {
  expect(answerText(...parameters)).toBe(answer);
});
