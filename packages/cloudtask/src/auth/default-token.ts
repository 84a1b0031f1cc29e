import { environment } from "../core/environment.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import type { ImportModule } from "./google-auth-library.ts";
import { createMetadataServer, type MetadataServer } from "./metadata-server.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** Options of `defaultToken()`. */
export interface DefaultTokenOptions {
  /** Returns the first of these environment variables that is set. */
  readonly environment?: typeof environment | undefined;
  /** An existing client of the metadata server. */
  readonly metadata?: MetadataServer | undefined;
  /** Loads google-auth-library. */
  readonly importModule?: ImportModule | undefined;
}

const REMEDY =
  "On a laptop: `npm install google-auth-library` and `gcloud auth application-default login`. On Google Cloud: attach a service account. Anywhere: pass `token`, a function that returns an access token, or set CLOUD_TASKS_EMULATOR_HOST to use an emulator.";

/**
 * Creates the token source of a client without the option `token`. It uses the metadata server if there is one, and otherwise
 * `google-auth-library`. A key file in `GOOGLE_APPLICATION_CREDENTIALS` has precedence over the metadata server, as in
 * Google's own libraries. The first source that returns a token remains in use.
 *
 * If no source returns a token, it throws a CredentialsError that lists the sources and the remedy.
 *
 * @param sender - sends the requests to the metadata server
 *
 * @example
 * ```ts
 * const tokens = createTokenCache(defaultToken(createHttpSender()));
 * ```
 */
export function defaultToken(sender: HttpSender, options: DefaultTokenOptions = {}): TokenSource {
  const env = options.environment ?? environment;
  const metadata = options.metadata ?? createMetadataServer(sender, { environment: env });
  // Loaded late, because on Google Cloud the metadata server has the tokens.
  const library = async (): Promise<AccessToken | string> => {
    const { googleAuthLibrary } = await import("./google-auth-library.ts");
    return googleAuthLibrary(options.importModule)();
  };
  // A key file selects an identity. If the file is unusable, no other identity must replace it.
  const sources = env("GOOGLE_APPLICATION_CREDENTIALS") ? [library] : [metadataToken, library];
  let chosen: TokenSource | undefined;

  async function metadataToken(): Promise<AccessToken> {
    if (await metadata.available()) return metadata.token();
    throw new CredentialsError("No metadata server answered. It exists only on Google Cloud.");
  }

  async function choose(): Promise<string | AccessToken> {
    const failures: CloudTaskError[] = [];
    for (const source of sources) {
      try {
        const token = await source();
        chosen = source;
        return token;
      } catch (reason) {
        failures.push(CloudTaskError.from(reason));
      }
    }
    const reasons = failures.map(({ message }) => message).join(" ");
    throw new CredentialsError(`No access token for the Cloud Tasks API. ${reasons} ${REMEDY}`, {
      cause: new AggregateError(failures),
    });
  }

  return () => (chosen ? chosen() : choose());
}
