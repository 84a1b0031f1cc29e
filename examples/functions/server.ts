// One HTTP function of the Functions Framework. It handles deliveries at /tasks/run, and pushes a task on any other path.
import { http } from "@google-cloud/functions-framework";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskFunction } from "cloudtask/functions";

const url = process.env.TASKS_URL ?? `http://localhost:${process.env.PORT ?? 8080}/tasks/run`;
const client = new CloudTaskClient({ url, secret: process.env.TASKS_SECRET });

const sendWelcomeEmail = client.task("send-welcome-email", async (user: { email: string }) => {
  console.log(`welcome, ${user.email}`);
});

const tasks = cloudTaskFunction(client);
http("signup", async (request, response) => {
  if (request.path === "/tasks/run") return tasks(request, response);
  const { id } = await sendWelcomeEmail({ email: "ada@example.com" }).push();
  response.send(`pushed ${id}\n`);
});
