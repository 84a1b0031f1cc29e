// Pushes and delivers a task while sinon fakes the clock, with the arguments of useFakeTimers() as JSON in argv.
import assert from "node:assert/strict";
import { CloudTaskClient } from "cloudtask";
import { testClient } from "cloudtask/testing";
import sinon from "sinon";

const config = process.argv[2];
const clock = config === undefined ? sinon.useFakeTimers() : sinon.useFakeTimers(JSON.parse(config));
const client = new CloudTaskClient({ url: "https://worker.test/tasks/run" });
const sent = [];
const mail = client.task("mail", (to) => sent.push(to));
const tasks = testClient(client);
await mail("ada").push();
await mail("bob").push({ at: new Date(Date.now() + 60_000) });
await mail("eve").push({ at: Date.now() + 120_000 });
await tasks.advance("1h");
const { response } = await tasks.deliver(mail("joe"));
assert.deepEqual(await response.json(), { status: "success", result: 4 });
assert.deepEqual(sent, ["ada", "bob", "eve", "joe"]);
await tasks.close();
clock.restore();
process.stdout.write("done\n");
