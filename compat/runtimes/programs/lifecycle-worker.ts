/** A typical Cloudflare Worker: bindings, a custom access token, deliveries that outlive their callers. */
import { env } from "cloudflare:workers";
import { CloudTaskClient, createWorker, depends, fromRequest } from "cloudtask";

interface Bindings {
  readonly GREETING: string;
}

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

const journal: string[] = [];
const getBindings = fromRequest<Bindings>("bindings");
const getSession = depends({ bindings: getBindings }, async function* ({ bindings }) {
  journal.push("begin");
  try {
    yield { greet: (name: string) => journal.push(`${bindings.GREETING} ${name}`) };
    // A commit is a request too.
    await fetch(`${env.API}/commit`);
    journal.push("commit");
  } catch (error) {
    journal.push("rollback");
    throw error;
  } finally {
    await fetch(`${env.API}/release`);
    journal.push("release");
  }
});

const client = new CloudTaskClient({
  project: "p",
  location: "l",
  url: "https://worker.test/tasks/run",
  secret: "s3cret-key",
  apiEndpoint: String(env.API),
  token: async () => {
    const answer = await fetch(`${env.API}/token`);
    return { token: await answer.text(), expiresAt: new Date(Date.now() + 3_600_000) };
  },
});
const greet = client.task("greet", {
  deps: { session: getSession },
  run: async (name: string, { session }) => void session.greet(name),
});
client.task("wait", {
  deps: { session: getSession },
  run: async (_: undefined, { delivery, session }) => {
    session.greet("before");
    // It also ends by itself, so a handler continues if it does not notice that its caller has disconnected.
    await fetch(`${env.API}/wait`, { signal: delivery.signal });
    session.greet("after");
  },
});
const worker = createWorker(client);

export default {
  async fetch(request: Request, bindings: Bindings, context: Context): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/journal") return Response.json(journal);
    if (pathname === "/push") return Response.json(await greet("world").push());
    const answer = worker.fetch(getBindings.attach(request, bindings));
    // Without it, everything ends when the caller disconnects, and nothing is torn down.
    context.waitUntil(answer);
    return answer;
  },
};
