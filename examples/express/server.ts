// Express. A dependency reads a value that a middleware stored on the request: each delivery logs its trace id.
import { CloudTaskClient, depends } from "cloudtask";
import { cloudTaskRouter, expressRequest } from "cloudtask/express";
import express, { type RequestHandler } from "express";

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });

const trace: RequestHandler = (request, response, next) => {
  response.locals.trace = request.get("traceparent")?.split("-")[1] ?? "no trace";
  next();
};
const getLog = depends({ request: expressRequest }, ({ request }) => {
  const name = request.res?.locals.trace;
  return (line: string) => console.log(`[${name}] ${line}`);
});

const sendWelcomeEmail = client.task("send-welcome-email", {
  deps: { log: getLog },
  run: async (user: { email: string }, { log }) => log(`welcome, ${user.email}`),
});

const app = express();
app.use(trace);
app.use("/tasks/run", cloudTaskRouter(client));
app.post("/signup", async (request, response) => {
  const traceparent = request.get("traceparent") ?? "";
  const { id } = await sendWelcomeEmail({ email: "ada@example.com" }).push({ headers: { traceparent } });
  response.send(`pushed ${id}\n`);
});
app.listen(port);
