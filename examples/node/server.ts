// Node's HTTP server. POST /signup pushes a task, which is delivered to /tasks/run one second later.
import { createServer } from "node:http";
import { CloudTaskClient } from "cloudtask";
import { cloudTaskListener } from "cloudtask/node";

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });

const sendWelcomeEmail = client.task("send-welcome-email", async (user: { email: string }, { delivery }) => {
  console.log(`welcome, ${user.email} (attempt ${delivery.attempt})`);
});

const tasks = cloudTaskListener(client);
const server = createServer(async (request, response) => {
  if (request.url === "/tasks/run") return tasks(request, response);
  const { id } = await sendWelcomeEmail({ email: "ada@example.com" }).push({ delay: "1s" });
  response.end(`pushed ${id}\n`);
});
server.listen(port);
