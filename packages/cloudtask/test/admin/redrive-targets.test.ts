import { NonRetriableError } from "cloudtask";
import { expect, test } from "vitest";
import { deadLetterBench, transportOf } from "../support/dead-letter-bench.ts";

test("a redriven task carries the OIDC token of its push, which the worker verifies", async () => {
  const serviceAccount = "tasks@shop.iam.gserviceaccount.com";
  const audience = "https://api.shop.test";
  const bench = await deadLetterBench({ serviceAccount, audience, secret: undefined });
  const state = { broken: true, runs: 0 };
  const task = bench.client.task("t", () => {
    if (state.broken) throw new NonRetriableError("no");
    state.runs += 1;
  });
  await task().push();
  await bench.emulator.idle();
  expect(await bench.stored("emails-dead")).toMatchObject([
    { httpRequest: { oidcToken: { serviceAccountEmail: serviceAccount, audience } } },
  ]);
  state.broken = false;
  expect(await bench.admin.deadLetters.redrive("emails-dead")).toEqual({ redriven: 1, failed: [] });
  await bench.emulator.idle();
  expect(state.runs).toBe(1);
});

test("a dead letter of App Engine is redriven to the same service and path, with an edited payload", async () => {
  const bench = await deadLetterBench({}, { queues: { emails: { paused: true }, "emails-dead": { paused: true } } });
  const direct = transportOf(bench);
  const { project, location } = bench.emulator;
  const queues = `projects/${project}/locations/${location}/queues`;
  const appEngineHttpRequest = {
    relativeUri: "/tasks/run?x=1",
    appEngineRouting: { service: "images", version: "v2" },
    headers: {
      "Content-Type": "application/json",
      "CloudTask-Dead-Reason": "max-attempts",
      "CloudTask-Dead-Queue": "emails",
    },
    body: Buffer.from('{"task":"resize","payload":{"id":1}}').toString("base64"),
  };
  const body = JSON.stringify({ task: { dispatchDeadline: "7200s", appEngineHttpRequest } });
  await direct.call({ method: "POST", path: `${queues}/emails-dead/tasks`, body, action: "create" });

  const [letter] = await bench.letters();
  expect(letter).toMatchObject({ task: "resize", payload: { id: 1 }, request: { target: "appEngine" } });
  const edit = ({ id }: { id: number }) => ({ id: id + 1 });
  expect(await bench.admin.deadLetters.redrive("emails-dead", { edit })).toEqual({ redriven: 1, failed: [] });
  expect(await bench.stored("emails")).toMatchObject([
    {
      dispatchDeadline: "7200s",
      appEngineHttpRequest: {
        relativeUri: "/tasks/run?x=1",
        appEngineRouting: { service: "images", version: "v2" },
        headers: { "Content-Type": "application/json" },
        body: Buffer.from('{"task":"resize","payload":{"id":2}}').toString("base64"),
      },
    },
  ]);
  expect(JSON.stringify(await bench.stored("emails"))).not.toMatch(/cloudtask-dead/i);
});
