import fastify, { type FastifyInstance } from "fastify";
import fastify4 from "fastify4";

/** The versions of Fastify that the adapter supports. The types of version 4 are those of another package, and equal here. */
export const FASTIFY_VERSIONS: readonly (readonly [name: string, make: typeof fastify])[] = [
  ["Fastify 4", fastify4 as unknown as typeof fastify],
  ["Fastify 5", fastify],
];

/** Starts an app on a free port. */
export async function listenOn(app: Pick<FastifyInstance, "listen">): Promise<string> {
  return app.listen({ port: 0, host: "127.0.0.1" });
}

/** Returns a delivery for `app.inject()`. */
export function injected(task: string, payload?: unknown): InjectedDelivery {
  const headers = { "content-type": "application/json" };
  return { method: "POST", url: "/tasks/run", headers, payload: JSON.stringify({ task, payload }) };
}

/** The options of `app.inject()` for a delivery. */
export interface InjectedDelivery {
  readonly method: "POST";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}
