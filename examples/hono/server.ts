// Hono. A dependency reads a variable of Hono's context. The app runs on any runtime; only `serve` requires Node.
import { serve } from "@hono/node-server";
import { CloudTaskClient, depends } from "cloudtask";
import { cloudTaskHandler, honoContext } from "cloudtask/hono";
import { Hono } from "hono";
import { requestId } from "hono/request-id";

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });

const getLog = depends({ context: honoContext }, ({ context }) => {
  const id: string = context.get("requestId");
  return (line: string) => console.log(`[${id}] ${line}`);
});
const sendWelcomeEmail = client.task("send-welcome-email", {
  deps: { log: getLog },
  run: async (user: { email: string }, { log }) => log(`welcome, ${user.email}`),
});

const app = new Hono();
app.use(requestId());
app.post("/tasks/run", cloudTaskHandler(client));
app.post("/signup", async (context) => {
  const headers = { "X-Request-Id": context.get("requestId") };
  const { id } = await sendWelcomeEmail({ email: "ada@example.com" }).push({ headers });
  return context.text(`pushed ${id}\n`);
});
serve({ fetch: app.fetch, port });
