import { CloudTaskClient } from "cloudtask";

export const client = new CloudTaskClient({
  project: "my-gcp-project",
  location: "europe-west1",
  url: process.env.TASKS_URL ?? "http://localhost:3000/tasks/run",
  secret: process.env.TASKS_SECRET,
  serviceAccount: process.env.TASKS_ACCOUNT,
});

export const sendWelcomeEmail = client.task("send-welcome-email", async (user: { userId: string; email: string }) => {
  console.log(`welcome, ${user.email}`);
});
