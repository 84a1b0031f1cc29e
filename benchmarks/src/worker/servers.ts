import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { CloudTaskClient } from "cloudtask";
import { cloudTaskRouter } from "cloudtask/express";
import { cloudTaskPlugin } from "cloudtask/fastify";
import { cloudTaskHandler } from "cloudtask/hono";
import { cloudTaskListener } from "cloudtask/node";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { type Order, sumOf } from "./tasks.ts";

/** Starts a server, and returns its port. Without a client it has a bare JSON route that does the same work. */
type Start = (client: CloudTaskClient | undefined) => Promise<number>;

/** The body of a delivery. */
interface Body {
  readonly payload: Order;
}

const PATH = "/tasks/run";

function answerTo({ payload }: Body): object {
  return { status: "success", result: sumOf(payload) };
}

/** A JSON route in each framework, and the worker mounted as its documentation shows. */
export const servers: Readonly<Record<string, Start>> = {
  node: async (client) => {
    const server = createServer(client === undefined ? bareListener : cloudTaskListener(client));
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  },
  Express: async (client) => {
    const app = express();
    if (client === undefined) {
      app.post(PATH, express.json(), (request, response) => void response.json(answerTo(request.body)));
    } else {
      app.use(PATH, cloudTaskRouter(client));
    }
    return new Promise((resolve) => {
      const server = app.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  },
  Fastify: async (client) => {
    const app = fastify();
    if (client === undefined) app.post<{ Body: Body }>(PATH, async ({ body }) => answerTo(body));
    else app.register(cloudTaskPlugin, { client, prefix: PATH });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return (app.server.address() as AddressInfo).port;
  },
  Hono: async (client) => {
    const app = new Hono();
    if (client === undefined) app.post(PATH, async (context) => context.json(answerTo(await context.req.json())));
    else app.post(PATH, cloudTaskHandler(client));
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
    });
  },
};

async function bareListener(incoming: IncomingMessage, outgoing: import("node:http").ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const body = JSON.stringify(answerTo(JSON.parse(Buffer.concat(chunks).toString())));
    outgoing.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
    outgoing.end(body);
  });
}
