import { statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { wrongMethod } from "../http/answer.ts";
import { splitUrl } from "../http/request-url.ts";
import { writeAnswer } from "../http/write-answer.ts";
import { missingPage } from "./missing-page.ts";
import { readStaticFiles, type StaticFile } from "./static-files.ts";

/**
 * The pages load nothing from elsewhere, have no inline scripts or styles, and cannot be shown in a frame, which could trick the
 * user into clicks.
 */
const SECURITY_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

const READ = ["GET", "HEAD"];

/** A path that ends with an extension. */
const FILE = /\.[a-z0-9]+$/;

/**
 * Creates the handler of the dashboard's pages: `/` and the files beside it.
 *
 * @param folder - the built pages; `undefined` if they were not built
 * @param token - written into the page, which sends it with calls of `/control/`
 * @returns a function that answers a request and returns `true`, or returns `false` if the path is another one
 */
export function createDashboard(
  folder: string | undefined,
  token: string,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const built = new BuiltFiles(folder);
  return (request, response) => {
    const { path } = splitUrl(request.url);
    const file = path === "/" ? indexPage(built.get("/index.html"), token) : built.get(path);
    if (!file || path === "/index.html") return false;
    const { method = "GET" } = request;
    if (READ.includes(method)) send(file, request, response);
    else writeAnswer(response, wrongMethod(method, path, READ));
    return true;
  };
}

/** The built pages. They are read when they are first needed, and again after a build. */
class BuiltFiles {
  readonly #folder: string | undefined;
  #files: ReadonlyMap<string, StaticFile> = new Map();
  #builtAt = Number.NaN;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  get(path: string): StaticFile | undefined {
    // Requests of the API do not look at the folder, and a file is newer only if its page is.
    const isPage = path === "/index.html";
    if (this.#folder !== undefined && (isPage || (Number.isNaN(this.#builtAt) && FILE.test(path)))) {
      this.#refresh(this.#folder);
    }
    return this.#files.get(path);
  }

  #refresh(folder: string): void {
    const { mtimeMs = this.#builtAt } = statSync(join(folder, "index.html"), { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== this.#builtAt) this.#files = readStaticFiles(folder);
    this.#builtAt = mtimeMs;
  }
}

function indexPage(built: StaticFile | undefined, token: string): StaticFile {
  const html = built?.bytes.toString() ?? missingPage;
  const tag = `<meta name="cloudtask-token" content="${token}" />`;
  const bytes = Buffer.from(html.replace(/<head>/i, (head) => head + tag));
  return { type: "text/html; charset=UTF-8", bytes, isHashed: false };
}

function send(file: StaticFile, { method, headers }: IncomingMessage, response: ServerResponse): void {
  const acceptsGzip = /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));
  const compressed = acceptsGzip ? file.gzipped : undefined;
  const bytes = compressed ?? file.bytes;
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    "Content-Type": file.type,
    "Content-Length": bytes.length,
    "Cache-Control": file.isHashed ? "public, max-age=31536000, immutable" : "no-store",
    ...(compressed ? { "Content-Encoding": "gzip" } : {}),
    Vary: "Accept-Encoding",
  });
  response.end(method === "HEAD" ? undefined : bytes);
}
