import { createServer } from "node:http";
import { createEmulator } from "@cloudtask/emulator";
import { jest } from "@jest/globals";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";
import { testClient } from "cloudtask/testing";
import "cloudtask/testing/jest";
import { client, getMailer, sendWelcomeEmail, signUp } from "./shop.js";

let tasks;

beforeEach(() => {
  tasks = testClient(client);
});

afterEach(() => tasks.close());

test("signing up pushes a mail", async () => {
  await signUp("ada@example.com");
  expect(tasks).toHavePushed(sendWelcomeEmail, { email: "ada@example.com" });
  expect(tasks).toHavePushed(sendWelcomeEmail, { email: expect.stringContaining("ada") });
  expect(tasks).toHavePushedTimes(sendWelcomeEmail, 1);
  expect(tasks).not.toHavePushed(sendWelcomeEmail, { email: "bob@example.com" });
  expect(tasks.pushed(sendWelcomeEmail)).toMatchObject([{ delayMs: 600_000 }]);
});

test("the message of a failed matcher lists the pushes", async () => {
  await signUp("ada@example.com");
  expect(() => expect(tasks).toHavePushed(sendWelcomeEmail, { email: expect.stringContaining("bob") })).toThrow(
    'expected a push of "send-welcome-email" with a payload that matches {"email":"StringContaining<bob>"}; ' +
      'recorded pushes: 1\n  1. {"email":"ada@example.com"}',
  );
});

test("pushed tasks run, and their deliveries can be checked", async () => {
  await signUp("ada@example.com");
  const [delivery] = await tasks.drain();
  expect(delivery).toHaveSucceeded();
  expect(delivery.result).toBe("smtp to ada@example.com");
  const faked = await tasks.deliver(sendWelcomeEmail({ email: "bob" }), { overrides: [[getMailer, { name: "fake" }]] });
  expect(faked.result).toBe("fake to bob");
  await signUp("");
  await expect(tasks.drain({ attempts: 3 })).rejects.toThrow("no recipient, attempt 3");
});

test("onTimeChange moves Jest's fake clock along", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "setTimeout", "clearTimeout"] });
  tasks.close();
  tasks = testClient(client, { onTimeChange: (now) => jest.setSystemTime(now) });
  const before = Date.now();
  await tasks.advance("1h");
  expect(Date.now() - before).toBe(3_600_000);
  jest.useRealTimers();
});

test.each([0, Date.UTC(2040, 0, 1)])(
  "a test client works under Jest's fake clock of everything, at %i",
  async (now) => {
    jest.useFakeTimers({ now });
    await tasks.close();
    tasks = testClient(client);
    await sendWelcomeEmail({ email: "ada" }).push({ at: Date.now() + 60_000 });
    const [delivery] = await tasks.advance("1h");
    expect(delivery).toHaveSucceeded();
    const { response } = await tasks.deliver(sendWelcomeEmail({ email: "bob" }));
    expect(await response.json()).toEqual({ status: "success", result: "smtp to bob" });
    jest.useRealTimers();
  },
);

test("the emulator runs in a Jest test", async () => {
  const emulator = await createEmulator();
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/tasks/run`;
  const own = new CloudTaskClient({ url, secret: "s3cret-key", emulatorHost: emulator.host });
  const greet = own.task("greet", async (name) => `hello ${name}`);
  server.on("request", cloudTaskListener(own));
  await greet("ada").push({ delay: "1h" });
  await emulator.advance("1h");
  expect(emulator.attempts()).toMatchObject([{ response: { status: 200 } }]);
  await emulator.close();
  await own.close();
  await new Promise((resolve) => server.close(resolve));
});
