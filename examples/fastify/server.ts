// Fastify with @fastify/awilix. Tasks get their services from the request scope of their delivery, as routes do.
import { diContainer, fastifyAwilixPlugin } from "@fastify/awilix";
import { asClass, Lifetime } from "awilix";
import { CloudTaskClient, depends } from "cloudtask";
import { fromAwilix } from "cloudtask/awilix";
import { cloudTaskPlugin, fastifyRequest } from "cloudtask/fastify";
import fastify from "fastify";

class Mailer {
  readonly #sent: string[] = [];
  send(to: string): void {
    this.#sent.push(to);
    console.log(`welcome, ${to}`);
  }
  dispose(): void {
    console.log(`mailer closed after ${this.#sent.length}`);
  }
}

const port = Number(process.env.PORT ?? 8080);
const client = new CloudTaskClient({ url: `http://localhost:${port}/tasks/run`, secret: "only-on-my-laptop" });
const dispose = (mailer: Mailer) => mailer.dispose();
diContainer.register({ mailer: asClass(Mailer, { lifetime: Lifetime.SCOPED, dispose }) });

const getScope = depends({ request: fastifyRequest }, ({ request }) => request.diScope, { dispose: false });
const sendWelcomeEmail = client.task("send-welcome-email", {
  deps: { mailer: fromAwilix(getScope, "mailer") },
  run: async (user: { email: string }, { mailer }) => (mailer as Mailer).send(user.email),
});

const app = fastify();
await app.register(fastifyAwilixPlugin, { disposeOnResponse: true });
await app.register(cloudTaskPlugin, { client, prefix: "/tasks/run" });
app.post("/signup", async () => `pushed ${(await sendWelcomeEmail({ email: "ada@example.com" }).push()).id}\n`);
await app.listen({ port });
