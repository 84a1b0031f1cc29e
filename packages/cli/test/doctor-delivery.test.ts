import { expect, test } from "vitest";
import { diagnose } from "./support/doctor-bench.ts";
import { attempted, CREATE, DELETE, missing, READ } from "./support/doctor-faults.ts";
import { denied, rejected } from "./support/google-stand-in.ts";

test.each([
  [
    "a push that is rejected",
    { [CREATE]: rejected(403, "PERMISSION_DENIED", "lacks iam.serviceAccounts.actAs") },
    "failed",
    /actAs/,
    1,
  ],
  [
    "a ping that may not be read",
    { [CREATE]: {}, [READ]: denied, [DELETE]: denied },
    "unknown",
    /cannot be read.*could not be deleted/,
    0,
  ],
  [
    "a ping that the worker rejects",
    { [CREATE]: {}, [READ]: attempted(7, 403), [DELETE]: {} },
    "failed",
    /^the delivery got 403$/,
    1,
  ],
  [
    "a ping without a connection",
    { [CREATE]: {}, [READ]: attempted(2, 0), [DELETE]: {} },
    "failed",
    /could not connect/,
    1,
  ],
  [
    "a ping without an answer",
    { [CREATE]: {}, [READ]: { dispatchCount: 1 }, [DELETE]: {} },
    "failed",
    /did not answer the ping/,
    1,
  ],
  ["a ping that waits", { [CREATE]: {}, [READ]: {}, [DELETE]: {} }, "unknown", /was not dispatched/, 0],
  [
    "a ping that is gone",
    { [CREATE]: {}, [READ]: missing, [DELETE]: missing },
    "ok",
    /^Cloud Tasks delivered a ping/,
    0,
  ],
])("in Google Cloud, %s is reported", async (_, answers, status, message, code) => {
  const diagnosis = await diagnose({ answers, args: ["--deliver", "--timeout=60ms"] });
  expect(diagnosis.of("delivery")).toMatchObject({ status, message: expect.stringMatching(message) });
  expect(diagnosis.code).toBe(code);
});
