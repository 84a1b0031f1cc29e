/** The parts of other runtimes that the pages use. The full types would conflict with those of Node. */

interface ServeOptions {
  readonly port?: number;
}

interface BunServer {
  timeout(request: Request, seconds: number): void;
}

declare const Bun: {
  serve(
    options: ServeOptions & {
      readonly routes: Readonly<Record<string, (request: Request, server: BunServer) => Response | Promise<Response>>>;
    },
  ): unknown;
};

declare const Deno: {
  serve(options: ServeOptions, handler: (request: Request) => Response | Promise<Response>): unknown;
};
