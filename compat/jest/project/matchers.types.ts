import { expect as globalsExpect } from "@jest/globals";
import { CloudTaskClient } from "cloudtask";
import { testClient } from "cloudtask/testing";
import "cloudtask/testing/jest";

// The part of @types/jest that a custom matcher depends on.
declare global {
  namespace jest {
    interface Matchers<R, T> {
      toBe(expected: T): R;
    }
    interface JestMatchers<T> extends Matchers<void, T> {
      readonly not: Matchers<void, T>;
    }
  }
  const expect: <T>(actual: T) => jest.JestMatchers<T>;
}

const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", secret: "s3cret-key" });
const greet = client.task("greet", async (user: { name: string }) => `hello ${user.name}`);
const tasks = testClient(client);

for (const matchers of [expect(tasks), globalsExpect(tasks)]) matchers.toHavePushed(greet, { name: "ada" });
globalsExpect(tasks).toHavePushed(greet, { name: globalsExpect.any(String) });
globalsExpect(tasks).not.toHavePushedTimes(greet, 2);
expect(await tasks.deliver(greet({ name: "ada" }))).toHaveSucceeded();
await globalsExpect(tasks.deliver(greet({ name: "ada" }))).resolves.toHaveSucceeded();
// @ts-expect-error another payload
globalsExpect(tasks).toHavePushed(greet, { name: 1 });
// @ts-expect-error another payload
expect(tasks).toHavePushed(greet, { name: 1 });
// @ts-expect-error no such matcher
expect(tasks).toHavePushedOnce(greet);
