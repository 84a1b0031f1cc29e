/** The runtimes that pages are about, as far as they use them: their types would change everything else's. */

interface Served {
  readonly port?: number;
}

interface BunServer {
  timeout(request: Request, seconds: number): void;
}

declare const Bun: {
  serve(
    options: Served & {
      readonly routes: Readonly<Record<string, (request: Request, server: BunServer) => Response | Promise<Response>>>;
    },
  ): unknown;
};

declare const Deno: {
  serve(options: Served, handler: (request: Request) => Response | Promise<Response>): unknown;
};
