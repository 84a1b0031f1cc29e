import { expect, test } from "vitest";
import { checkQueueId, lastSegment, queueName } from "./resource-name.ts";

test("a queue name contains project and location, and ends with the queue id", () => {
  const name = queueName({ project: "example.com:my-project", location: "europe-west1", queue: "default" });
  expect(name).toBe("projects/example.com:my-project/locations/europe-west1/queues/default");
  expect(lastSegment(name)).toBe("default");
});

test.each(["default", "A", "high-priority-2", "q".repeat(100)])("%s is a queue id", (queue) => {
  expect(checkQueueId(queue, "queue")).toBe(queue);
});

test.each([
  ["", "expected 1 to 100 letters, digits and hyphens"],
  ["q".repeat(101), "expected 1 to 100 letters, digits and hyphens"],
  ["my_queue", "expected 1 to 100 letters, digits and hyphens"],
  ["default\n", "expected 1 to 100 letters, digits and hyphens"],
  ["projects/p/locations/l/queues/q", "pass only the id, and set `project` and `location` on the client"],
  [1, "expected 1 to 100 letters, digits and hyphens"],
  [null, "expected 1 to 100 letters, digits and hyphens"],
])("%j is not a queue id", (queue, hint) => {
  expect(() => checkQueueId(queue, "client: queue")).toThrow(
    new TypeError(`client: queue: ${JSON.stringify(queue)} is not a queue id: ${hint}`),
  );
});
