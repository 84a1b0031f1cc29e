import { errorMessage } from "../core/error-message.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import { hasCode } from "../core/errors/has-code.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** Loads a module by its name. */
export type ImportModule = (specifier: string) => Promise<unknown>;

// What is used of google-auth-library, 9 and later. Its own types are not imported: the package may not be installed.
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
 * Access tokens by `google-auth-library`, an optional peer: a person's own (`gcloud auth application-default login`), a
 * key file, workload identity federation, impersonation.
 *
 * Each token comes from a new client, so that one asked for after a refusal is not the refused one again, and so that a
 * fresh login is seen without a restart.
 *
 * @param importModule - how the library is loaded
 * @returns a token source
 *
 * @example
 * ```ts
 * const client = new CloudTaskClient({ …, token: googleAuthLibrary() });
 * ```
 */
export function googleAuthLibrary(importModule: ImportModule = importByName): TokenSource {
  return async () => {
    const { GoogleAuth } = await load(importModule);
    try {
      return await tokenOf(await new GoogleAuth({ scopes: SCOPE }).getClient());
    } catch (reason) {
      if (hasCode(reason, "CREDENTIALS_UNAVAILABLE")) throw reason;
      throw new CredentialsError(`google-auth-library gave no access token: ${firstLine(reason)}`, { cause: reason });
    }
  };
}

async function tokenOf(client: Client): Promise<AccessToken> {
  const { token } = await client.getAccessToken();
  if (!token) throw new CredentialsError("google-auth-library gave no access token.");
  const expiresAt = new Date(client.credentials.expiry_date ?? Date.now() + UNKNOWN_LIFE_MS);
  return { token, expiresAt, quotaProject: client.quotaProjectId };
}

async function load(importModule: ImportModule): Promise<Library> {
  try {
    return (await importModule("google-auth-library")) as Library;
  } catch (reason) {
    const said = firstLine(reason);
    // A module that the library itself misses is named the same way.
    const absent = /["'`]google-auth-library["'`]/.test(said);
    const message = absent ? "is not installed" : `could not be loaded: ${said}`;
    throw new CredentialsError(`google-auth-library ${message}.`, { cause: reason });
  }
}

// The name arrives as a parameter because bundlers follow literal specifiers, and constants too, and then fail where the
// optional package is not installed.
function importByName(specifier: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);
}

function firstLine(reason: unknown): string {
  return errorMessage(reason).split("\n", 1)[0] ?? "";
}
