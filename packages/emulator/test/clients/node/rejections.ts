import { OAuth2Client } from "google-auth-library";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect } from "vitest";
import { startTarget } from "../../support/target.ts";
import { failureOf } from "./failure.ts";
import type { V2Case } from "./queues.ts";
import { inSeconds } from "./times.ts";

const url = "http://127.0.0.1:9/";

const badQueueName: V2Case = async ({ client, location }) => {
  const queue = { name: `${location}/queues/under_score` };
  expect(await failureOf(client.createQueue({ parent: location, queue }))).toEqual({
    code: 3,
    message:
      'Queue ID "under_score" can contain only letters ([A-Za-z]), numbers ([0-9]), or hyphens (-). Queue ID must be between 1 and 100 characters.',
    help: ["Definition of queue ID"],
  });
};

const badTaskId: V2Case = async ({ client, queue }) => {
  const task = { name: `${queue}/tasks/not a valid id`, httpRequest: { url } };
  expect(await failureOf(client.createTask({ parent: queue, task }))).toEqual({
    code: 3,
    message:
      'Task ID "not a valid id" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.',
    help: ["Definition of task ID"],
  });
};

const missingQueue: V2Case = async ({ client, location }) => {
  const parent = `${location}/queues/none`;
  expect(await failureOf(client.createTask({ parent, task: { httpRequest: { url } } }))).toEqual({
    code: 5,
    message: "Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.",
    help: [],
  });
};

const scheduleTooFar: V2Case = async ({ client, queue }) => {
  const task = { scheduleTime: inSeconds(721 * 3600), httpRequest: { url } };
  expect(await failureOf(client.createTask({ parent: queue, task }))).toEqual({
    code: 3,
    message: expect.stringMatching(
      /^The Task\.scheduleTime, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00, is too far in the future\. Schedule time must be no more than 720h in the future\.$/,
    ),
    help: [],
  });
};

const oidcToken: V2Case = async ({ client, emulator, queue }) => {
  await using target = await startTarget(200);
  const audience = "https://api.example.com";
  const oidc = { serviceAccountEmail: "tasks@p.iam.gserviceaccount.com", audience };
  await client.createTask({ parent: queue, task: { httpRequest: { url: target.url, oidcToken: oidc } } });
  await emulator.idle();
  const token = target.received[0]?.headers.authorization?.replace("Bearer ", "") ?? "";

  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${emulator.url}/oidc/jwks`)), { audience });
  expect(payload).toMatchObject({ email: oidc.serviceAccountEmail, email_verified: true });

  const certificates = (await (await fetch(`${emulator.url}/oidc/certs`)).json()) as Record<string, string>;
  const issuers = [String(payload.iss)];
  const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, certificates, audience, issuers);
  expect(ticket.getPayload()).toMatchObject({ email: oidc.serviceAccountEmail, aud: audience });
};

const appEngineTask: V2Case = async ({ client, queue }) => {
  const name = `${queue}/tasks/t`;
  const appEngineHttpRequest = {
    relativeUri: "/work?order=7",
    appEngineRouting: { service: "mail", version: "v1" },
    headers: { "X-Order": "7" },
    body: Buffer.from("hello"),
  };
  await client.createTask({ parent: queue, task: { name, scheduleTime: inSeconds(3600), appEngineHttpRequest } });
  const [task] = await client.getTask({ name });
  expect(task).toMatchObject({
    messageType: "appEngineHttpRequest",
    appEngineHttpRequest: {
      httpMethod: "POST",
      relativeUri: "/work?order=7",
      appEngineRouting: { service: "mail", version: "v1" },
    },
  });
  expect(task.appEngineHttpRequest?.headers).toEqual({
    "X-Order": "7",
    "User-Agent": "AppEngine-Google; (+http://code.google.com/appengine)",
    "Content-Length": "5",
    "Content-Type": "application/octet-stream",
  });
};

/** The cases about rejected calls and other kinds of requests. */
export const rejectionCases = {
  "bad-queue-name": badQueueName,
  "bad-task-id": badTaskId,
  "missing-queue": missingQueue,
  "schedule-too-far": scheduleTooFar,
  "oidc-token": oidcToken,
  "app-engine-task": appEngineTask,
} satisfies Record<string, V2Case>;
