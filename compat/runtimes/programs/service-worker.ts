/** The service in a Cloudflare Worker, created at module scope. */
import { env } from "cloudflare:workers";
import { makeService } from "./service.ts";

const { fetch } = makeService({
  origin: String(env.ORIGIN),
  emulatorHost: env.EMULATOR === undefined ? undefined : String(env.EMULATOR),
});

export default { fetch: (request: Request) => fetch(request) };
