/** The handler of a web server. */
export type Fetch = (request: Request) => Promise<Response>;

/** A listening server. */
export interface Listening {
  readonly origin: string;
  close(): Promise<void>;
}

/** The part of the global `Bun` that is used. */
interface BunGlobal {
  serve(options: { port: number; hostname: string; fetch: Fetch }): { port: number; stop(all: boolean): Promise<void> };
}

/** The part of the global `Deno` that is used. */
interface DenoGlobal {
  serve(
    options: { port: number; hostname: string; onListen: () => void },
    handler: Fetch,
  ): { addr: { port: number }; shutdown(): Promise<void> };
}

const { Bun, Deno } = globalThis as unknown as { readonly Bun: BunGlobal; readonly Deno: DenoGlobal };

/** Starts a server with `Bun.serve()`. */
export function serveBun(fetch: Fetch, port: number): Listening {
  const server = Bun.serve({ port, hostname: "127.0.0.1", fetch });
  return { origin: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
}

/** Starts a server with `Deno.serve()`. */
export function serveDeno(fetch: Fetch, port: number): Listening {
  const server = Deno.serve({ port, hostname: "127.0.0.1", onListen: () => undefined }, fetch);
  return { origin: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}
