import { errorMessage } from "../core/error-message.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import { printableText } from "../core/printable.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** Imports google-auth-library. */
export type ImportModule = () => Promise<unknown>;

// The used part of google-auth-library 9 and later. Its types are not imported, because it may not be installed.
interface Library {
  readonly GoogleAuth: new (options: { readonly scopes: string }) => { getClient(): Promise<Client> };
}
interface Client {
  getAccessToken(): Promise<{ readonly token?: string | null | undefined }>;
  readonly credentials: { readonly expiry_date?: number | null | undefined };
  readonly quotaProjectId?: string | undefined;
}

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const UNKNOWN_LIFE_MS = 5 * 60_000;

/**
 * Creates a token source that uses `google-auth-library`, an optional peer dependency. It supports a person's own credentials
 * (`gcloud auth application-default login`), key files, workload identity federation and impersonation.
 *
 * Each token comes from a new client. So the token after a rejected one is a new one, and a new login takes effect without a
 * restart.
 */
export function googleAuthLibrary(importModule: ImportModule = importLibrary): TokenSource {
  return async () => {
    const { GoogleAuth } = await load(importModule);
    try {
      return await tokenOf(await new GoogleAuth({ scopes: SCOPE }).getClient());
    } catch (reason) {
      if (hasCode(reason, "CREDENTIALS_UNAVAILABLE")) throw reason;
      throw new CredentialsError(`google-auth-library returned no access token: ${firstLine(reason)}`, {
        cause: reason,
      });
    }
  };
}

async function tokenOf(client: Client): Promise<AccessToken> {
  const { token } = await client.getAccessToken();
  if (!token) throw new CredentialsError("google-auth-library returned no access token.");
  const expiresAt = new Date(client.credentials.expiry_date ?? Date.now() + UNKNOWN_LIFE_MS);
  return { token, expiresAt, quotaProject: client.quotaProjectId };
}

async function load(importModule: ImportModule): Promise<Library> {
  try {
    return (await importModule()) as Library;
  } catch (reason) {
    const text = firstLine(reason);
    // The error has the same form for a missing dependency of the library, but with another name.
    const absent = /["'`]google-auth-library["'`]/.test(text);
    const message = absent
      ? "is not installed, or the build left it out of the deployment"
      : `could not be loaded: ${text}`;
    throw new CredentialsError(`google-auth-library ${message}.`, { cause: reason });
  }
}

// File tracers (Next's standalone output, @vercel/nft) evaluate the expression, so they ship the library if it is installed.
// Bundlers follow only literals. They would fail if the optional package is not installed, or on a runtime without `node:` modules.
function importLibrary(): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ ["google-auth-library"].join(""));
}

function firstLine(reason: unknown): string {
  return printableText(errorMessage(reason).split("\n", 1)[0] ?? "");
}
