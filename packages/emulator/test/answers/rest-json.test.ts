import { expect, test } from "vitest";
import { QUEUE } from "./support/fixture.ts";
import { still, task } from "./support/still.ts";

test("the keys of a task are in the order of the proto's field numbers, and the text is indented", async () => {
  await using emulator = await still();
  const body = JSON.stringify({ responseView: "FULL", task });
  const response = await fetch(`${emulator.url}/v2/${QUEUE}/tasks`, { method: "POST", body });
  expect(await response.text()).toBe(`{
  "name": "${QUEUE}/tasks/t",
  "httpRequest": {
    "url": "https://a.googleapis.com/",
    "httpMethod": "POST",
    "headers": {
      "User-Agent": "Google-Cloud-Tasks"
    },
    "body": "aGk=",
    "oauthToken": {
      "serviceAccountEmail": "a@b",
      "scope": "s"
    }
  },
  "scheduleTime": "2030-01-02T00:00:00.123456Z",
  "createTime": "2030-01-01T00:00:00Z",
  "dispatchDeadline": "600s",
  "view": "FULL"
}
`);
});

test("the keys of a queue are in the order of the proto's field numbers", async () => {
  await using emulator = await still();
  await fetch(`${emulator.url}/v2/${QUEUE}:purge`, { method: "POST" });
  const queue = { httpTarget: {}, stackdriverLoggingConfig: { samplingRatio: 0.5 } };
  const init = { method: "PATCH", body: JSON.stringify(queue) };
  const text = await (await fetch(`${emulator.url}/v2/${QUEUE}?prettyPrint=false`, init)).text();
  expect(text).toMatch(
    /"state":"PAUSED","purgeTime":"[^"]+","stackdriverLoggingConfig":\{"samplingRatio":0\.5\},"httpTarget":\{\}\}$/,
  );
});

test("an empty message is an empty object and a newline", async () => {
  await using emulator = await still();
  expect(await (await fetch(`${emulator.url}/v2/${QUEUE}/tasks`)).text()).toBe("{}\n");
  const deleted = await fetch(`${emulator.url}/v2/${QUEUE}`, { method: "DELETE" });
  expect(await deleted.text()).toBe("{}\n");
});

test.each(["%24alt=json%3Benum-encoding%3Dint", "$alt=json;enum-encoding=int"])(
  "%s makes enums numbers",
  async (query) => {
    await using emulator = await still();
    const response = await fetch(`${emulator.url}/v2/${QUEUE}?${query}`);
    expect(await response.json()).toMatchObject({ state: 2 });
  },
);

test("the type of a detail, and of the metadata and the response of an operation, is the first key", async () => {
  await using emulator = await still();
  const bad = await fetch(`${emulator.url}/v2/${QUEUE}_`);
  expect(await bad.text()).toContain(`"details": [
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        "links": [`);
  const post = async (call: string, body: object): Promise<string> => {
    const init = { method: "POST", body: JSON.stringify(body) };
    return (await fetch(`${emulator.url}/v2/${QUEUE}/tasks:${call}`, init)).text();
  };
  const requests = [{ parent: QUEUE, task }];
  expect(await post("batchCreate", { requests, requestId: "a" })).toMatch(
    /^\{\n {2}"name": "[^"]+\/operations\/a",\n {2}"metadata": \{\n {4}"@type": "[^"]+BatchCreateTasksMetadata",\n {4}"startTime": "[^"]+",\n {4}"endTime": "[^"]+",\n {4}"state": "SUCCEEDED"\n {2}\},\n {2}"done": true,\n {2}"response": \{\n {4}"@type": "[^"]+BatchCreateTasksResponse",\n {4}"tasks": \[/,
  );
  expect(await post("batchDelete", { names: [task.name], requestId: "b" })).toMatch(
    /"metadata": \{\n {4}"@type": "[^"]+BatchDeleteTasksMetadata",\n[\s\S]*"done": true,\n {2}"response": \{\n {4}"@type": "type.googleapis.com\/google.protobuf.Empty"\n {2}\}\n\}\n$/,
  );
  expect(await post("batchDelete", { names: [task.name], requestId: "c" })).toMatch(
    /"metadata": \{\n {4}"@type": [\s\S]*"failedRequests": \{\n {6}"0": \{\n {8}"code": 5,[\s\S]*"done": true,\n {2}"error": \{\n {4}"code": 10,/,
  );
});
