import {
  createMetadataServer,
  createTokenCache,
  defaultToken,
  type HttpSender,
  type TokenCache,
} from "cloudtask/internal/cli";
import type { Setup } from "../setup.ts";
import type { GoogleApi } from "./google-api.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** The caller of the APIs. */
export interface Identity {
  /** The e-mail address; `undefined` if the token does not reveal it. */
  readonly email: string | undefined;
  /** The scopes of the token. */
  readonly scopes: readonly string[];
}

/** The source of access tokens, with its name for messages. */
export interface Credentials {
  readonly tokens: TokenCache;
  /** Returns the name of the source that provided the token. */
  readonly origin: () => Promise<string>;
}

/** Creates the credentials as the library finds them. */
export function createCredentials({ token, env }: Pick<Setup, "token" | "env">, sender: HttpSender): Credentials {
  if (token) return { tokens: createTokenCache(token), origin: async () => "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE" };
  const environment = (...names: readonly string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find(Boolean);
  const metadata = createMetadataServer(sender, { environment });
  return {
    tokens: createTokenCache(defaultToken(sender, { environment, metadata })),
    origin: async () => {
      if (environment("GOOGLE_APPLICATION_CREDENTIALS")) return "GOOGLE_APPLICATION_CREDENTIALS";
      return (await metadata.available()) ? "the metadata server" : "the application default credentials";
    },
  };
}

/**
 * Returns the account of the token. The token is sent in a header, as google-auth-library's `getTokenInfo()` does: a URL could be
 * logged.
 */
export async function readIdentity(api: GoogleApi): Promise<Identity> {
  const { json } = await api.call("oauth2", { method: "POST", path: "/tokeninfo", headers: FORM });
  const { email, scope } = Object(json) as { readonly email?: unknown; readonly scope?: unknown };
  return {
    email: typeof email === "string" ? email : undefined,
    scopes: typeof scope === "string" ? scope.split(" ") : [],
  };
}

/** Returns an account as a member of IAM policies: `user:ada@example.com`. */
export function memberOf(email: string): string {
  return `${email.endsWith("gserviceaccount.com") ? "serviceAccount" : "user"}:${email}`;
}
