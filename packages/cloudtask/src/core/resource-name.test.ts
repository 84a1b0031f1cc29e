import { expect, test } from "vitest";
import { checkQueueId, lastSegment, queueName } from "./resource-name.ts";

test("a queue's name is made of where it lives, and its last segment is its id", () => {
  const name = queueName({ project: "example.com:my-project", location: "europe-west1", queue: "default" });
  expect(name).toBe("projects/example.com:my-project/locations/europe-west1/queues/default");
  expect(lastSegment(name)).toBe("default");
});

test.each(["default", "A", "high-priority-2", "q".repeat(100)])("%s is a queue id", (queue) => {
  expect(checkQueueId(queue, "queue")).toBe(queue);
});

test.each([
  ["", "1 to 100 letters, digits and hyphens"],
  ["q".repeat(101), "1 to 100 letters, digits and hyphens"],
  ["my_queue", "1 to 100 letters, digits and hyphens"],
  ["default\n", "1 to 100 letters, digits and hyphens"],
  ["projects/p/locations/l/queues/q", "give the id alone; project and location are options of the client"],
  [1, "1 to 100 letters, digits and hyphens"],
  [null, "1 to 100 letters, digits and hyphens"],
])("%j is no queue id", (queue, hint) => {
  expect(() => checkQueueId(queue, "client: queue")).toThrow(
    new TypeError(`client: queue: ${JSON.stringify(queue)} is not a queue id: ${hint}`),
  );
});
