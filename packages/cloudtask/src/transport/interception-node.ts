import type http from "node:http";
import { channel } from "./builtins-node.ts";

/** The part of `node:http` and `node:https` that tools replace. */
type Module = Pick<typeof http, "request">;

/** The sources of `request` in `node:http` and in `node:https`. A tool's function, or a proxy around Node's, has another one. */
const NODES_OWN = [
  /^function request\(url, options, cb\) \{\s+return new ClientRequest\(url, options, cb\);\s+\}$/,
  /^function request\(\.\.\.args\) \{.*\soptions\._defaultAgent = module\.exports\.globalAgent;.*\bClientRequest\b.*\}$/s,
];

/** Tracers subscribe to these channels of `node:http`. */
const channels = [
  channel("http.client.request.created"),
  channel("http.client.request.start"),
  channel("http.client.response.finish"),
];

const known = new WeakSet<Module["request"]>();

/**
 * Checks whether a tool watches or replaces the requests of a module: msw, nock, a tracer, a spy. Tools start and end at any
 * time. If Node changes its own source, the answer is `true`, and requests use the module.
 */
export function isIntercepted({ request }: Module): boolean {
  if (!known.has(request)) {
    const source = Function.prototype.toString.call(request);
    if (!NODES_OWN.some((pattern) => pattern.test(source))) return true;
    known.add(request);
  }
  return channels.some(({ hasSubscribers }) => hasSubscribers);
}
