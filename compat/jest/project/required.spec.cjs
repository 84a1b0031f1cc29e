const { CloudTaskClient } = require("cloudtask");
const { testClient } = require("cloudtask/testing");
require("cloudtask/testing/jest");

test("tests in CommonJS push, match and deliver", async () => {
  const client = new CloudTaskClient({ url: "https://shop.test/tasks/run", secret: "s3cret-key" });
  const greet = client.task("greet", async ({ name }) => `hello ${name}`);
  const tasks = testClient(client);
  await greet({ name: "ada" }).push();
  expect(tasks).toHavePushed(greet, { name: expect.any(String) });
  expect((await tasks.drain())[0].result).toBe("hello ada");
  tasks.close();
  await client.close();
});
