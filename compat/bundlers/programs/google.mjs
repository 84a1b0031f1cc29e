import { CloudTasksClient } from "@google-cloud/tasks";
import { PassThroughClient } from "google-auth-library";

/** Creates a task with Google's client over REST, as cloudtask does, and prints the result. */
async function main() {
  const [host, port] = process.env.CLOUD_TASKS_EMULATOR_HOST.split(":");
  const client = new CloudTasksClient({
    apiEndpoint: host,
    port: Number(port),
    protocol: "http",
    fallback: true,
    projectId: "local-project",
    authClient: new PassThroughClient(),
  });
  const parent = client.queuePath("local-project", "us-central1", "default");
  const [task] = await client.createTask({ parent, task: { httpRequest: { url: "http://127.0.0.1:9/" } } });
  process.stdout.write(`${task.name.startsWith(parent) ? "created" : "lost"}\n`);
  await client.close();
}

main();
