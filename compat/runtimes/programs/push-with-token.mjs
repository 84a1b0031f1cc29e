// Pushes one task to the API at the first argument, and prints the task's id.
import { CloudTaskClient } from "cloudtask";

const client = new CloudTaskClient({
  project: "p",
  location: "l",
  url: "https://worker.test/tasks/run",
  apiEndpoint: process.argv[2],
  token: () => "token",
});
const { id } = await client
  .task("t", () => undefined)()
  .push();
process.stdout.write(`${id}\n`);
await client.close();
