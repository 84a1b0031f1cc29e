import { createEmulator } from "@cloudtask/emulator";
import { ApiError, type Transport } from "cloudtask";
import { createAdmin } from "cloudtask/admin";
import { expect, onTestFinished, test } from "vitest";
import { createHttpSender } from "../../src/transport/http-node.ts";
import { createRestTransport } from "../../src/transport/rest-transport.ts";
import { collect } from "../support/collect.ts";
import { failureOf } from "../support/failure.ts";

/** An API without v2beta3. `answer` is its answer to such calls. */
async function adminWithout(answer: {
  readonly status: "UNKNOWN" | "UNIMPLEMENTED" | "PERMISSION_DENIED";
  readonly httpStatus: number;
}) {
  const emulator = await createEmulator({ queues: { a: { rate: 5 } } });
  const rest = createRestTransport({ baseUrl: emulator.url, sender: createHttpSender(), emulator: true });
  const paths: string[] = [];
  const transport: Transport = {
    call: async (call) => {
      if (call.version !== undefined) throw new ApiError("no such version", { ...answer, apiMessage: "" });
      paths.push(call.path);
      return rest.call(call);
    },
    close: () => rest.close(),
  };
  const admin = createAdmin({ transport, project: "local-project", location: "us-central1" });
  onTestFinished(async () => {
    await admin.close();
    await emulator.close();
  });
  return { admin, paths };
}

test.each([
  { status: "UNKNOWN", httpStatus: 404 },
  { status: "UNIMPLEMENTED", httpStatus: 501 },
  { status: "PERMISSION_DENIED", httpStatus: 403 },
] as const)(
  "without v2beta3 ($httpStatus), queues are read with v2 and have no statistics and no taskTtl",
  async (answer) => {
    const { admin, paths } = await adminWithout(answer);
    const expected = { id: "a", rate: 5, taskTtl: undefined, stats: undefined };
    expect(await admin.queues.get("a")).toMatchObject(expected);
    expect(await collect(admin.queues.list({ stats: true }))).toMatchObject([expected]);
    expect(paths.filter((path) => path.includes("readMask"))).toEqual([]);
  },
);

test("without v2beta3, queues are planned and applied, except for taskTtl", async () => {
  const { admin } = await adminWithout({ status: "UNKNOWN", httpStatus: 404 });
  const described = { a: { rate: 6 }, b: { paused: true, routing: { service: "api" } } } as const;
  await (await admin.queues.plan(described)).apply();
  expect((await admin.queues.plan(described)).isEmpty).toBe(true);
  const plan = await admin.queues.plan({ a: { taskTtl: "20d" } });
  expect(plan.changes).toMatchObject([{ fields: [{ field: "taskTtl", before: undefined, after: 1_728_000_000 }] }]);
  expect(await failureOf(plan.apply())).toMatchObject({
    code: "PLAN_FAILED",
    cause: { code: "API_ERROR", httpStatus: 404 },
  });
});

test("a missing queue is reported as missing, and not as a missing version", async () => {
  const { admin } = await adminWithout({ status: "UNKNOWN", httpStatus: 404 });
  expect(await failureOf(admin.queues.get("other"))).toMatchObject({ status: "NOT_FOUND" });
});
