import { environment } from "../core/environment.ts";
import { CloudTaskError } from "../core/errors/cloud-task-error.ts";
import { CredentialsError } from "../core/errors/credentials-error.ts";
import type { HttpSender } from "../core/http-sender.ts";
import { googleAuthLibrary, type ImportModule } from "./google-auth-library.ts";
import { createMetadataServer, type MetadataServer } from "./metadata-server.ts";
import type { AccessToken, TokenSource } from "./token-source.ts";

/** What the default token source may be given. */
export interface DefaultTokenOptions {
  /** Reads the first of some environment variables that is set. */
  readonly environment?: typeof environment | undefined;
  /** The metadata server's client, to share one that is there already. */
  readonly metadata?: MetadataServer | undefined;
  /** How google-auth-library is loaded. */
  readonly importModule?: ImportModule | undefined;
}

const REMEDY =
  "On a laptop: `npm install google-auth-library` and `gcloud auth application-default login`. On Google Cloud: attach a service account. Anywhere: pass `token`, a function that returns an access token, or set CLOUD_TASKS_EMULATOR_HOST to use an emulator.";

/**
 * Access tokens for a client that was given none: from the metadata server where there is one, else by
 * `google-auth-library`. A key file named by `GOOGLE_APPLICATION_CREDENTIALS` goes before the metadata server, as in
 * Google's own libraries. Which of them serves is decided at the first token that was had, and kept.
 *
 * @param sender - how the metadata server is asked
 * @param options - for tests
 * @returns a token source; it throws a CredentialsError that names each source asked, and what to do
 *
 * @example
 * ```ts
 * const tokens = createTokenCache(defaultToken(createHttpSender()));
 * ```
 */
export function defaultToken(sender: HttpSender, options: DefaultTokenOptions = {}): TokenSource {
  const env = options.environment ?? environment;
  const metadata = options.metadata ?? createMetadataServer(sender, { environment: env });
  const library = googleAuthLibrary(options.importModule);
  // A key file is a choice of identity: where it cannot be used, another identity must not take its place.
  const sources = env("GOOGLE_APPLICATION_CREDENTIALS") ? [library] : [ofServer, library];
  let serving: TokenSource | undefined;

  async function ofServer(): Promise<AccessToken> {
    if (await metadata.available()) return metadata.token();
    throw new CredentialsError("No metadata server answers here, as one does on Google Cloud.");
  }

  async function choose(): Promise<string | AccessToken> {
    const failures: CloudTaskError[] = [];
    for (const source of sources) {
      try {
        const token = await source();
        serving = source;
        return token;
      } catch (reason) {
        failures.push(CloudTaskError.from(reason));
      }
    }
    const said = failures.map(({ message }) => message).join(" ");
    throw new CredentialsError(`No access token for the Cloud Tasks API. ${said} ${REMEDY}`, {
      cause: new AggregateError(failures),
    });
  }

  return () => (serving ? serving() : choose());
}
