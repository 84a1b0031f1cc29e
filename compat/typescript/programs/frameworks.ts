/** A user's program with each adapter and the types of its framework. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { http } from "@google-cloud/functions-framework";
import { depends } from "cloudtask";
import { cloudTaskRouter, expressRequest } from "cloudtask/express";
import { cloudTaskPlugin, fastifyRequest } from "cloudtask/fastify";
import { cloudTaskFunction } from "cloudtask/functions";
import { cloudTaskHandler, honoContext } from "cloudtask/hono";
import { cloudTaskMiddleware, koaContext } from "cloudtask/koa";
import { cloudTaskRoute } from "cloudtask/next";
import { cloudTaskApiRoute } from "cloudtask/next/pages";
import express from "express";
import { fastify } from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { client } from "./core.ts";

express().use("/tasks/run", cloudTaskRouter(client, { maxConcurrency: 10 }));
export const getUser = depends({ request: expressRequest }, ({ request }) => request.header("x-user"));

fastify().register(cloudTaskPlugin, { client, prefix: "/tasks/run" });
export const getAddress = depends({ request: fastifyRequest }, ({ request }) => request.ip);
// @ts-expect-error a plugin without its client
fastify().register(cloudTaskPlugin, { prefix: "/tasks/run" });

new Hono().post("/tasks/run", cloudTaskHandler(client));
export const getPath = depends({ context: honoContext }, ({ context }) => context.req.path);

new Koa().use(cloudTaskMiddleware(client, { path: "/tasks/run" }));
export const getState = depends({ context: koaContext }, ({ context }) => context.ip);

http("tasks", cloudTaskFunction(client));

export const { POST } = cloudTaskRoute(client);
export const route: (request: Request) => Promise<Response> = POST;
export const page: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> = cloudTaskApiRoute(client);
// @ts-expect-error a value other than a client
export const none = cloudTaskRoute({});
