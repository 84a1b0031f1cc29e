// Koa. A dependency reads the state of Koa's context.
import { CloudTaskClient, depends } from "cloudtask";
import { cloudTaskMiddleware, koaContext } from "cloudtask/koa";
import Koa from "koa";

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });

const getTenant = depends({ context: koaContext }, ({ context }) => context.state.tenant as string);
const sendWelcomeEmail = client.task("send-welcome-email", {
  deps: { tenant: getTenant },
  run: async (user: { email: string }, { tenant }) => console.log(`welcome, ${user.email}, to ${tenant}`),
});

const app = new Koa();
app.use(async (context, next) => {
  context.state.tenant = context.get("X-Tenant") || "the shop";
  await next();
});
app.use(cloudTaskMiddleware(client, { path: "/tasks/run" }));
app.use(async (context) => {
  const headers = { "X-Tenant": context.state.tenant };
  const { id } = await sendWelcomeEmail({ email: "ada@example.com" }).push({ headers });
  context.body = `pushed ${id}\n`;
});
app.listen(port);
