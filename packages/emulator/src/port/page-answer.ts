import type { IncomingMessage } from "node:http";
import { type Answer, wrongMethod } from "../http/answer.ts";
import { splitUrl } from "../http/request-url.ts";
import {
  CERTS_PATH,
  DISCOVERY_PATH,
  discoveryDocument,
  JWKS_PATH,
  TOKEN_INFO_PATH,
} from "../oidc/discovery-document.ts";
import type { TokenMinter } from "../oidc/token-minter.ts";

/** The parts of the emulator that the pages show. */
export interface PageParts {
  readonly minter: TokenMinter;
  /** The issuer of the tokens: the option `issuer`, by default the emulator's own URL. */
  readonly url: () => string;
}

interface Page {
  readonly methods: readonly string[];
  readonly answer: (parts: PageParts, request: IncomingMessage, query: URLSearchParams) => Answer | Promise<Answer>;
}

/**
 * Google's keys may be cached for hours, because new keys are published long before they are used. An emulator that restarts on
 * the same port may have new keys at once.
 */
const SHORT_CACHE = { "Cache-Control": "public, max-age=10, must-revalidate, no-transform" };

const READ = ["GET", "HEAD"];

const pages = new Map<string, Page>([
  [DISCOVERY_PATH, { methods: READ, answer: ({ url }) => cached(discoveryDocument(url())) }],
  [JWKS_PATH, { methods: READ, answer: async ({ minter }) => cached(await minter.jwks()) }],
  [CERTS_PATH, { methods: READ, answer: async ({ minter }) => cached(await minter.certs()) }],
  [TOKEN_INFO_PATH, { methods: [...READ, "POST"], answer: tokenInfo }],
  ["/health", { methods: READ, answer: () => ({ status: 200, body: { status: "ok" } }) }],
]);

/** Answers `/health` and the pages of OIDC. Returns undefined for any other path. */
export function pageAnswer(parts: PageParts, request: IncomingMessage): Answer | Promise<Answer> | undefined {
  const { method = "GET", url } = request;
  const { path, search } = splitUrl(url);
  const page = pages.get(path);
  if (!page) return undefined;
  if (!page.methods.includes(method)) return wrongMethod(method, path, page.methods);
  return page.answer(parts, request, new URLSearchParams(search));
}

function cached(body: unknown): Answer {
  return { status: 200, body, headers: SHORT_CACHE };
}

/** Answers like https://oauth2.googleapis.com/tokeninfo. The token is in the query, or in the header, as google-auth-library sends it. */
function tokenInfo({ minter }: PageParts, { headers }: IncomingMessage, query: URLSearchParams): Answer {
  const token = query.get("access_token") ?? /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  const info = minter.tokenInfo(token);
  if (info) return { status: 200, body: info };
  return { status: 400, body: { error: "invalid_token", error_description: "Invalid Value" } };
}
