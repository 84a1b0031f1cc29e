/** Of a web server. */
export type Fetch = (request: Request) => Promise<Response>;

/** A server that listens. */
export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

/** What is used of the global of Bun. */
interface BunGlobal {
  serve(options: { port: number; hostname: string; fetch: Fetch }): { port: number; stop(all: boolean): Promise<void> };
}

/** What is used of the global of Deno. */
interface DenoGlobal {
  serve(
    options: { port: number; hostname: string; onListen: () => void },
    handler: Fetch,
  ): { addr: { port: number }; shutdown(): Promise<void> };
}

const { Bun, Deno } = globalThis as unknown as { readonly Bun: BunGlobal; readonly Deno: DenoGlobal };

/** `Bun.serve()`. */
export function serveBun(fetch: Fetch, port: number): Listening {
  const server = Bun.serve({ port, hostname: "127.0.0.1", fetch });
  return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
}

/** `Deno.serve()`. */
export function serveDeno(fetch: Fetch, port: number): Listening {
  const server = Deno.serve({ port, hostname: "127.0.0.1", onListen: () => undefined }, fetch);
  return { origin: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}
