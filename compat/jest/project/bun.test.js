import { afterAll, expect, test } from "bun:test";
import { taskMatchers, testClient } from "cloudtask/testing";
import { client, sendWelcomeEmail, signUp } from "./shop.js";

expect.extend(taskMatchers);

const tasks = testClient(client);
afterAll(() => tasks.close());

test("the matchers work in the test runner of Bun", async () => {
  await signUp("ada@example.com");
  expect(tasks).toHavePushed(sendWelcomeEmail, { email: expect.stringContaining("ada") });
  expect(tasks).not.toHavePushed(sendWelcomeEmail, { email: "bob@example.com" });
  expect(() => expect(tasks).toHavePushed(sendWelcomeEmail, { email: expect.any(Number) })).toThrow(
    'a payload that matches {"email":"ExpectAny"}; recorded pushes: 1\n  1. {"email":"ada@example.com"}',
  );
  expect((await tasks.drain())[0]).toHaveSucceeded();
});
