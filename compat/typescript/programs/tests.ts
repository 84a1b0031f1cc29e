/** A user's tests. */
import "cloudtask/testing/jest";
import "cloudtask/testing/vitest";
import { expect as jestExpect } from "@jest/globals";
import { taskMatchers, testClient } from "cloudtask/testing";
import { expect } from "vitest";
import { client } from "./core.ts";

const send = client.task("send-in-tests", async (user: { email: string }) => user.email.length);

export async function check(): Promise<void> {
  const tasks = testClient(client);
  await send({ email: "a@b.c" }).push();
  const [pushed] = tasks.pushed(send);
  expect(pushed?.payload.email.length).toBe(5);
  expect(tasks).toHavePushed(send, { email: "a@b.c" });
  jestExpect(tasks).toHavePushed(send, { email: "a@b.c" });
  // @ts-expect-error a payload of another type
  expect(tasks).toHavePushed(send, { email: 1 });
  // @ts-expect-error a matcher that does not exist
  expect(tasks).toHaveForgotten(send);
  expect.extend(taskMatchers);
  tasks.close();
}
